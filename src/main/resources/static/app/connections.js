// All connections, each with its latest pull.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get} from './api.js';
import {ago, badge, empty, table, time} from './parts.js';
import {count, patientOf} from './words.js';

const STATUSES = [['', 'All'], ['active', 'Active'], ['refresh_failed', 'Reconnect needed'], ['disconnected', 'Disconnected']];

export const title = () => 'Connections';

export async function load(page) {
  const status = page.state.status ? `&status=${page.state.status}` : '';
  const [connections, sources] = await Promise.all([
    get(page.path(`/connections?limit=${page.state.limit || 50}${status}`)),
    get(page.path('/sources?limit=200')),
  ]);
  return {connections, sources: new Map(sources.data.map((source) => [source.id, source.name]))};
}

export const live = (page) =>
  page.data.connections.data.some((one) => ['queued', 'running'].includes(one.latest_pull?.status)) ? 2000 : 10000;

export function view(page) {
  const {connections} = page.data;
  return html`
    <div class="head"><h1 tabindex="-1">Connections</h1>
      <label>Show
        <select @change=${(event) => filter(page, event.target.value)}>
          ${STATUSES.map(([code, word]) => html`<option value=${code}>${word}</option>`)}
        </select>
      </label>
    </div>
    ${connections.data.length
      ? table('Connections', ['Patient', 'Source', 'State', 'Latest pull', '#Seen', 'Next pull'], connections.data.map((one) => row(page, one)))
      : page.state.status
        ? html`<p class="quiet">None is in this state.</p>`
        : empty('No patient is connected yet', 'Your application connects a patient over the HTTP API, once the patient has granted access.',
          html`<a class="button" href="/api/v1/openapi.yaml">Read the API’s contract</a>`)}
    ${connections.next_cursor ? html`<button type="button" class="secondary" @click=${() => more(page)}>More connections</button>` : nothing}`;
}

const row = (page, one) => html`
  <tr>
    <th scope="row"><a href=${page.link('connections', one.id)}>${one.patient_id ?? patientOf(one)}</a></th>
    <td>${page.data.sources.get(one.source_id)}</td>
    <td>${badge(one.erased_at ? 'erased' : one.status)}${one.error ? html`<br><span class="quiet">${ago(one.error.since)}: ${one.error.message}</span>` : nothing}</td>
    <td>${one.latest_pull
      ? html`<a href=${page.link('pulls', one.latest_pull.id)}>${badge(one.latest_pull.status)}</a> ${ago(one.latest_pull.completed_at || one.latest_pull.queued_at)}`
      : 'none'}</td>
    <td class="number">${one.latest_pull && !one.erased_at ? count(one.latest_pull.resources.seen) : '–'}</td>
    <td>${time(one.next_pull_at)}</td>
  </tr>`;

function filter(page, status) {
  page.state.status = status;
  page.refresh();
}

function more(page) {
  page.state.limit = 200;
  page.refresh();
}
