// Answers SELECT queries with Comunica: for each line, a query's file and an answer's file with a tab between.
// The first argument is the folder that Comunica is installed in, the others are the endpoints.
const { createWriteStream, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { createInterface } = require('node:readline');
const { pipeline } = require('node:stream/promises');

const [folder, ...endpoints] = process.argv.slice(2);
const { QueryEngine } = createRequire(`${folder}/`)('@comunica/query-sparql');
const engine = new QueryEngine();
const sources = endpoints.map((value) => ({ type: 'sparql', value }));

async function answer(line) {
  const [query, out] = line.split('\t');
  const result = await engine.query(readFileSync(query, 'utf8'), { sources });
  const { data } = await engine.resultToString(result, 'application/sparql-results+json');
  await pipeline(data, createWriteStream(out));
}

(async () => {
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      await answer(line);
      console.log('done');
    } catch (refused) {
      console.log(String(refused).replaceAll('\n', ' '));
    }
  }
})();
