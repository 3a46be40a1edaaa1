// The frame around the pages: who is signed in, which organization, which page, and keeping it fresh.
import {html, nothing, render} from '/webjars/lit-html/lit-html.js';
import {get, readSession, signOut} from './api.js';
import {ask, dialog} from './dialog.js';
import {problem} from './parts.js';
import * as overview from './overview.js';
import * as destinations from './destinations.js';
import * as destinationForm from './destination-form.js';
import * as destination from './destination.js';
import * as run from './run.js';
import * as connections from './connections.js';
import * as connection from './connection.js';
import * as pull from './pull.js';
import * as audit from './audit.js';

// A page has title(page), load(page), view(page), and says by live(page) in how many ms it is to be loaded again.
const ROUTES = [
  [/^$/, overview, 'Overview'],
  [/^destinations$/, destinations, 'Destinations'],
  [/^destinations\/new$/, destinationForm, 'Destinations'],
  [/^destinations\/(dest_\w+)\/edit$/, destinationForm, 'Destinations'],
  [/^destinations\/(dest_\w+)$/, destination, 'Destinations'],
  [/^runs\/(run_\w+)$/, run, 'Destinations'],
  [/^connections$/, connections, 'Connections'],
  [/^connections\/(conn_\w+)$/, connection, 'Connections'],
  [/^pulls\/(pull_\w+)$/, pull, 'Connections'],
  [/^audit$/, audit, 'Audit'],
];
const AGAIN = 5000; // ms, after an answer that was none

const app = document.querySelector('#app');
const frame = {session: null, organizations: [], page: null, message: ''};

/** What a page sees of the frame: its data, its own state, and what it may do. */
class Page {
  constructor(module, section, org, id) {
    Object.assign(this, {module, section, org, id, data: null, state: {}, problem: null, busy: false});
    this.mayChange = frame.session.role !== 'viewer';
    this.ask = ask;
  }

  get current() {
    return frame.page === this;
  }

  /** The path of something of this organization in the API. */
  path(inOrganization) {
    return `/organizations/${this.org}${inOrganization}`;
  }

  /** The address of another page. */
  link(...parts) {
    return `#/${[this.org, ...parts].join('/')}`;
  }

  /** Opens another page, which says this first. */
  leave(message, ...parts) {
    this.left = true;
    frame.carried = message;
    location.hash = this.link(...parts);
  }

  update() {
    if (this.current) {
      show();
    }
  }

  /** Looks again, and goes on doing so while there is something to see and somebody who sees it. */
  async refresh() {
    try {
      this.data = await this.module.load(this);
      this.failed = null;
    } catch (thrown) {
      this.failed = thrown;
    }
    this.update();
    clearTimeout(this.timer);
    const next = this.failed ? this.data && AGAIN : this.module.live?.(this);
    if (this.current && next && !document.hidden) {
      this.timer = setTimeout(() => this.refresh(), next);
    }
  }

  /** Does something at the server, shows what went wrong, and says what the work answers; then looks again. */
  async act(work) {
    this.busy = true;
    this.problem = null;
    this.update();
    try {
      frame.message = (await work()) || '';
    } catch (thrown) {
      this.problem = thrown;
    }
    this.busy = false;
    this.update();
    if (this.current && !this.left) {
      await this.refresh();
    }
  }
}

function pageOf(hash) {
  const [, org, rest] = hash.match(/^#\/(org_\w+)\/?(.*)$/) || [null, null, hash.replace(/^#?\/?/, '')];
  for (const [pattern, module, section] of ROUTES) {
    const match = rest.match(pattern);
    if (match) {
      return new Page(module, section, org || frame.organizations[0].id, match[1]);
    }
  }
  return null;
}

async function open() {
  clearTimeout(frame.page?.timer);
  frame.page = pageOf(location.hash);
  if (!frame.page) {
    location.replace('#/');
    return;
  }
  frame.message = frame.carried || '';
  frame.carried = '';
  show();
  await frame.page.refresh();
  if (frame.opened) { // whoever follows a link is told where it led; a page that is just loaded is read from its top
    window.scrollTo(0, 0);
    document.querySelector('h1')?.focus();
  }
  frame.opened = true;
}

function show() {
  const {page} = frame;
  document.title = `${page.data ? page.module.title(page) : page.section} · Caravan`;
  render(html`
    <a class="skip" href="#content" @click=${skip}>To the content</a>
    ${header(page)}
    <main class="container" id="content" tabindex="-1">
      ${frame.session.embedded_postgres
        ? html`<p class="box waiting" role="note"><strong>Embedded PostgreSQL:</strong> for trying Caravan out. Give it a PostgreSQL of yours before it matters (<code>SPRING_DATASOURCE_URL</code>).</p>`
        : nothing}
      <p class="message" role="status">${frame.message}</p>
      ${page.problem ? problem(page.problem) : nothing}
      ${page.failed ? problem(page.failed) : nothing}
      ${page.data
        ? page.module.view(page)
        : page.failed
          ? html`<button type="button" @click=${() => page.refresh()}>Try again</button>`
          : html`<p aria-busy="true">Loading…</p>`}
    </main>
    ${dialog}`, app);
}

const header = (page) => html`
  <header class="container">
    <nav aria-label="Main">
      <ul>
        <li><a class="brand" href=${page.link()}><img src="/app/caravan.svg" alt="" width="24" height="24"> <strong>Caravan</strong></a></li>
      </ul>
      <ul>
        ${sections(page).map(([name, parts]) => html`
          <li><a href=${page.link(...parts)} aria-current=${page.section === name ? 'page' : nothing}>${name}</a></li>`)}
      </ul>
      <ul>
        ${frame.organizations.length > 1
          ? html`<li><select aria-label="Organization" @change=${(event) => { location.hash = `#/${event.target.value}`; }}>
              ${frame.organizations.map((org) => html`<option value=${org.id} ?selected=${org.id === page.org}>${org.name}</option>`)}
            </select></li>`
          : nothing}
        <li><button type="button" class="link" @click=${signOut} title="Signed in as ${frame.session.name}">Sign out</button></li>
      </ul>
    </nav>
  </header>`;

/** The audit log is for those who may change things. */
const sections = (page) => [
  ['Overview', []],
  ['Destinations', ['destinations']],
  ['Connections', ['connections']],
  ...(page.mayChange ? [['Audit', ['audit']]] : []),
];

function skip(event) {
  event.preventDefault();
  document.querySelector('#content').focus();
}

async function start() {
  try {
    frame.session = await readSession();
    frame.organizations = frame.session.organization_id
      ? [{id: frame.session.organization_id, name: ''}]
      : (await get('/organizations?limit=200')).data;
    window.addEventListener('hashchange', open);
    document.addEventListener('visibilitychange', () => document.hidden || !frame.page.module.live || frame.page.refresh());
    await open();
  } catch (thrown) {
    render(html`<main class="container">${problem(thrown)}</main>`, app);
  }
}

start();
