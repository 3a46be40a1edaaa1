// Adding a destination, and editing one: the form is drawn from the type's schema, tested, then saved.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {live as held} from '/webjars/lit-html/directives/live.js';
import {get, patch, post, read} from './api.js';
import {steps} from './parts.js';
import {defaults, fields, labelled, valuesOf} from './schema-form.js';

export const title = (page) => (page.id ? `Edit ${page.data.saved.name}` : 'Add destination');

export async function load(page) {
  if (page.data) {
    return page.data; // what is being typed is not replaced by what is stored
  }
  const [types, saved] = await Promise.all([
    get(page.path('/destination-types')),
    page.id ? read(page.path(`/destinations/${page.id}`)) : null,
  ]);
  const type = saved ? types.data.find((one) => one.type === saved.body.type) : types.data[0];
  page.state.form = new Form(page, type, saved?.body);
  return {types: types.data, saved: saved?.body, etag: saved?.etag};
}

/** What was entered, and what was wrong with it. */
class Form {
  constructor(page, type, saved) {
    this.page = page;
    this.stored = Boolean(saved);
    this.errors = new Map();
    this.name = saved?.name ?? '';
    this.choose(type, saved?.settings);
  }

  choose(type, settings) {
    this.type = type;
    this.values = {settings: settings ? {...settings} : defaults(type.settings), credentials: {}};
  }

  set(group, name, value) {
    this.values[group][name] = value;
    this.page.update();
  }

  get settings() {
    return valuesOf(this.type.settings, this.values.settings);
  }

  get credentials() {
    return valuesOf(this.type.credentials, this.values.credentials);
  }

  get all() {
    return {name: this.name, type: this.type.type, settings: this.settings, credentials: this.credentials};
  }

  /** Only what differs from what is saved. */
  changes(saved) {
    const before = valuesOf(this.type.settings, saved.settings);
    const {settings, credentials} = this;
    const unchanged = Object.keys({...before, ...settings}).every((name) => same(before[name], settings[name]));
    return {
      ...(this.name === saved.name ? {} : {name: this.name}),
      ...(unchanged ? {} : {settings}),
      ...(Object.keys(credentials).length ? {credentials} : {}),
    };
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export function view(page) {
  const {form, steps: taken} = page.state;
  return html`
    <p><a href=${back(page)}>${page.id ? page.data.saved.name : 'Destinations'}</a></p>
    <h1 tabindex="-1">${title(page)}</h1>
    <form class="narrow" novalidate @submit=${(event) => { event.preventDefault(); attempt(page, save); }}>
      ${page.id || page.data.types.length === 1 ? nothing : typeChoice(page, form)}
      ${labelled('name', 'Name', true, 'As it is called on these pages', form.errors.get('name'), html`
        <input id="name" .value=${held(form.name)} maxlength="200" autocomplete="off" aria-describedby="name-help"
          aria-invalid=${form.errors.has('name') ? 'true' : nothing} @input=${(event) => { form.name = event.target.value; }}>`)}
      <fieldset><legend><h2>${form.type.name}</h2></legend>${fields(form, form.type.settings, 'settings')}</fieldset>
      ${Object.keys(form.type.credentials.properties).length ? html`<fieldset><legend><h2>Credentials</h2></legend>
        <p class="quiet">Encrypted when stored, never shown again.${form.stored ? ' Leave all of them empty to keep what is stored; to change one, enter all.' : ''}</p>
        ${form.errors.has('credentials') ? html`<p class="wrong">They ${form.errors.get('credentials')}.</p>` : nothing}
        ${fields(form, form.type.credentials, 'credentials')}
      </fieldset>` : nothing}
      ${taken ? html`<section aria-labelledby="test"><h2 id="test">Test</h2>${steps(taken)}</section>` : nothing}
      <div class="buttons">
        <button type="submit" ?disabled=${page.busy} aria-busy=${page.busy ? 'true' : nothing}>Save</button>
        <button type="button" class="secondary" ?disabled=${page.busy} @click=${() => attempt(page, test)}>Test</button>
        <a class="button secondary" href=${back(page)}>Cancel</a>
      </div>
      <p class="quiet">Saving tests first: what does not work is not saved.</p>
    </form>`;
}

const back = (page) => (page.id ? page.link('destinations', page.id) : page.link('destinations'));

const typeChoice = (page, form) => labelled('type', 'Type', true, '', form.errors.get('type'), html`
  <select id="type" @change=${(event) => { form.choose(page.data.types[event.target.selectedIndex]); page.update(); }}>
    ${page.data.types.map((type) => html`<option .selected=${type === form.type}>${type.name}</option>`)}
  </select>`);

/** Keeps the values whatever the answer is, and puts what is wrong where it belongs. */
function attempt(page, work) {
  const {state} = page;
  state.form.errors = new Map();
  state.steps = null;
  return page.act(async () => {
    try {
      return await work(page, state.form);
    } catch (thrown) {
      state.form.errors = thrown.fields ?? new Map();
      state.steps = thrown.steps?.length ? thrown.steps : null;
      throw thrown;
    } finally {
      requestAnimationFrame(() => document.querySelector('[aria-invalid="true"], .steps')?.scrollIntoView({block: 'center'}));
    }
  });
}

async function test(page, form) {
  const report = page.id
    ? await post(page.path(`/destinations/${page.id}/test`), form.changes(page.data.saved))
    : await post(page.path('/destinations/test'), form.all);
  page.state.steps = report.steps;
  return report.passed ? 'The test passed.' : 'The test failed: see the step below.';
}

async function save(page, form) {
  const saved = page.id
    ? await patch(page.path(`/destinations/${page.id}`), form.changes(page.data.saved), page.data.etag)
    : await post(page.path('/destinations'), form.all);
  page.leave(`${saved.name} is saved.`, 'destinations', saved.id);
}
