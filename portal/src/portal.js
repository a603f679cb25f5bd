// Enhances pages that are complete without it: the menu on small screens, focus on errors, tabs, copying code.
import { Button, ErrorSummary, ServiceNavigation, SkipLink, Tabs, createAll } from 'govuk-frontend'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
for (const component of [Button, ErrorSummary, ServiceNavigation, SkipLink, Tabs]) createAll(component)

for (const block of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) break
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'govuk-button govuk-button--secondary ves-copy'
  button.textContent = 'Copy code'
  const told = document.createElement('span')
  told.className = 'govuk-visually-hidden'
  told.setAttribute('role', 'status')
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.textContent)
    button.textContent = 'Copied'
    told.textContent = 'The code was copied.'
    setTimeout(() => {
      button.textContent = 'Copy code'
      told.textContent = ''
    }, 3000)
  })
  block.closest('pre').after(button, told)
}
