// One question at a time, before something that cannot be undone.
import {html} from '/webjars/lit-html/lit-html.js';
import {createRef, ref} from '/webjars/lit-html/directives/ref.js';

const box = createRef();
const title = createRef();
const text = createRef();
const yes = createRef();

export const dialog = html`
  <dialog ${ref(box)} aria-labelledby="question">
    <article>
      <h2 id="question" ${ref(title)}></h2>
      <p ${ref(text)}></p>
      <footer>
        <button type="button" class="secondary" @click=${() => box.value.close('')}>Keep it as it is</button>
        <button type="button" ${ref(yes)} @click=${() => box.value.close('yes')}>Go on</button>
      </footer>
    </article>
  </dialog>`;

/** Whether the person agrees; Escape does not. */
export function ask(question, consequence, button) {
  title.value.textContent = question;
  text.value.textContent = consequence;
  yes.value.textContent = button;
  box.value.returnValue = '';
  box.value.showModal();
  return new Promise((resolve) => {
    box.value.addEventListener('close', () => resolve(box.value.returnValue === 'yes'), {once: true});
  });
}
