// Makes and shows passkeys. Forms stay hidden where the browser has none; the password works everywhere.
const canUse = typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

for (const form of canUse ? document.querySelectorAll("form[data-passkey]") : []) {
  const told = form.querySelector("[role=status]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "";
    try {
      form.elements.credential.value = JSON.stringify(await askBrowser(form));
      form.submit();
    } catch (error) {
      told.textContent = error.name === "NotAllowedError" ? "Nothing was done." : error.message;
    }
  });
}

async function askBrowser(form) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.passkey, { method: "POST", body, headers: { Accept: "application/json" } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.title);
  const isNew = "user" in said;
  const credential = isNew
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(said) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(said) });
  if (form.elements.password) form.elements.password.value = "";
  return credential.toJSON();
}
