// Enhances pages that are complete without it: the menu on small screens, focus on errors, tabs, copying code, suggestions.
import accessibleAutocomplete from 'accessible-autocomplete'
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

// A search field that says where its suggestions come from shows them while somebody types; without script it is a plain field.
for (const input of document.querySelectorAll('input[data-suggest]')) {
  const label = document.querySelector(`label[for="${input.id}"]`)
  const place = document.createElement('div')
  const source = new URL(input.dataset.suggest, location.href)
  let asked = 0
  let answered = 0
  input.replaceWith(place)
  // Enter takes the suggestion that is marked; where none is, it searches, which the component would forbid.
  place.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.id === input.id) event.stopPropagation()
  }, true)
  accessibleAutocomplete({
    element: place,
    id: input.id,
    name: input.name,
    defaultValue: input.value,
    confirmOnBlur: false,
    displayMenu: 'overlay',
    minLength: 2,
    inputClasses: 'govuk-input',
    menuAttributes: { 'aria-label': label.textContent.trim() },
    tNoResults: () => (answered < asked ? 'Looking for names' : 'No name begins so; search all the same'),
    async source(query, show) {
      const turn = ++asked
      source.searchParams.set('q', query)
      const answer = await fetch(source, { headers: { Accept: 'application/json' } })
      const found = answer.ok ? await answer.json() : []
      if (turn !== asked) return
      answered = turn
      show(found.map((one) => one.text).filter((text, at, all) => all.indexOf(text) === at))
    }
  })
}

// A search field with a list of suggestions has it filled while somebody types.
for (const input of document.querySelectorAll('input[data-suggestions]')) {
  let asked = 0
  input.addEventListener('input', async () => {
    const turn = ++asked
    const source = new URL(input.dataset.suggestions, location.href)
    source.searchParams.set('q', input.value)
    const answer = await fetch(source)
    const found = new DOMParser().parseFromString(answer.ok ? await answer.text() : '', 'text/html')
    if (turn === asked) input.list.replaceChildren(...found.querySelectorAll('option'))
  })
}
