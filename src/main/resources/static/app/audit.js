// Who did what, newest first.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get} from './api.js';
import {badge, empty, table, time} from './parts.js';
import {shortId, spoken} from './words.js';

const PAGES = {dest: 'destinations', run: 'runs', conn: 'connections', pull: 'pulls'};

export const title = () => 'Audit';

export const load = (page) => get(page.path(`/audit?limit=${page.state.limit || 50}`));

export function view(page) {
  const {data, next_cursor: further} = page.data;
  return html`
    <h1 tabindex="-1">Audit</h1>
    <p class="quiet">Every change that was asked for, and who looked at the state of credentials. Nothing here can be changed or deleted.</p>
    ${data.length
      ? table('Audit', ['When', 'Who', 'What', 'Which', 'Result'], data.map((entry) => row(page, entry)))
      : empty('Nothing yet', 'Whatever is changed from now on stands here.')}
    ${further ? html`<button type="button" class="secondary" @click=${() => more(page)}>More entries</button>` : nothing}`;
}

const row = (page, entry) => html`
  <tr>
    <td>${time(entry.at)}</td>
    <th scope="row" title=${entry.caller}>${entry.caller_name}</th>
    <td>${spoken(entry.action)}</td>
    <td>${[entry.target, entry.made].filter(Boolean).map((id) => thing(page, id))}</td>
    <td title="Request ${entry.request_id}">${badge(outcome(entry.status))} ${entry.status ?? nothing}</td>
  </tr>`;

function thing(page, id) {
  const pages = PAGES[id.split('_')[0]];
  return pages ? html`<a href=${page.link(pages, id)}>${shortId(id)}</a> ` : html`<span title=${id}>${shortId(id)}</span> `;
}

function outcome(status) {
  return status === null ? 'unknown' : status < 400 ? 'done' : 'refused';
}

function more(page) {
  page.state.limit = 200;
  page.refresh();
}
