// Signing in leads back to the page that was asked for: browsers keep the fragment of a form's address over a redirect.
const form = document.querySelector('form');
form.addEventListener('submit', () => {
  form.action = '/sign-in' + location.hash;
});
