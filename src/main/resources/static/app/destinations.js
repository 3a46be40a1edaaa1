// All destinations.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get} from './api.js';
import {ago, badge, empty, table} from './parts.js';
import {plain} from './words.js';

export const title = () => 'Destinations';

export const load = (page) => get(page.path('/destinations?limit=200'));

export const live = () => 10000;

export function view(page) {
  const {data} = page.data;
  const add = page.mayChange ? html`<a class="button" href=${page.link('destinations', 'new')}>Add destination</a>` : nothing;
  return html`
    <div class="head"><h1 tabindex="-1">Destinations</h1>${data.length ? add : nothing}</div>
    ${data.length
      ? table('Destinations', ['Name', 'State', 'Where', 'Delivered up to', 'Last run'], data.map((one) => row(page, one)))
      : empty('No destination yet', 'A destination is where records are delivered: a bucket of yours. It is tested before it is saved.', add)}`;
}

const row = (page, one) => html`
  <tr>
    <th scope="row"><a href=${page.link('destinations', one.id)}>${one.name}</a></th>
    <td>${badge(one.state)}</td>
    <td>${where(one)}</td>
    <td>${ago(one.last_exported_at)}</td>
    <td>${one.latest_run ? html`<a href=${page.link('runs', one.latest_run.id)}>${badge(one.latest_run.status)}</a>` : '–'}</td>
  </tr>`;

/** The bucket and the folder in it, or the directory. */
export const where = (one) =>
  one.settings.bucket ? [one.settings.bucket, one.settings.prefix].filter(Boolean).join('/') : one.settings.directory ?? plain(one.type);
