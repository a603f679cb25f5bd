// Builds the portal's style sheet and script into the Python package, which serves them from its own address.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import { compile } from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '..', 'src', 'virtuales', 'web', 'portal', 'static', 'built')

const { css } = compile(join(here, 'src', 'portal.scss'), {
  loadPaths: [join(here, 'node_modules')],
  style: 'compressed',
  quietDeps: true
})
if (/url\(\s*["']?(?!data:)/.test(css)) throw new Error('The style sheet fetches something; it must not.')

await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })
await writeFile(join(out, 'portal.css'), css)
await build({
  entryPoints: [join(here, 'src', 'portal.js')],
  outfile: join(out, 'portal.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'eof'
})
