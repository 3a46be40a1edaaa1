// The receipt of an erasure: who has been told, where the data may still be, and what was erased here.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {badge, facts, table, time} from './parts.js';
import {count, many} from './words.js';

const SHOWN = 100; // objects; all of them are in the receipt itself

export const receipt = (page, erasure) => html`
  <section aria-labelledby="receipt">
    <h2 id="receipt">Receipt of the erasure</h2>
    ${facts([
      ['Erased', time(erasure.erased_at)],
      ['Records erased', count(erasure.erased)],
      ['Records kept', erasure.kept ? `${count(erasure.kept)}, which another connection sees` : 'none'],
      ['Deletion', progress(erasure.deletion)],
      erasure.deletion.tombstones && ['Still kept', `${many(erasure.deletion.tombstones, 'key')} of erased records, until nobody needs them to delete`],
    ])}
    <p><a href="/api/v1${page.path(`/connections/${erasure.connection_id}/erasure`)}" download="erasure-${erasure.connection_id}.json">Save the receipt (JSON)</a></p>
    ${erasure.deletion.destinations.length
      ? html`<h3>Who has been sent the deletion</h3>
          ${table('Destinations', ['Destination', 'Deletion', 'What is to be done'], erasure.deletion.destinations.map((one) => destination(page, one)))}`
      : nothing}
    <h3>Where the data may still be</h3>
    ${erasure.objects.length ? objects(page, erasure.objects) : html`<p>Nowhere: no object that was delivered can hold it.</p>`}
    ${erasure.types.length
      ? html`<h3>What was erased here</h3>${table('Records by type', ['Type', '#Erased', '#Kept'], erasure.types.map(type))}`
      : nothing}
  </section>`;

const progress = ({delivered, destinations}) =>
  destinations.length === 0
    ? 'there is no destination'
    : delivered
      ? badge('delivered')
      : html`${badge('pending')} ${count(destinations.filter((one) => one.delivered).length)} of ${many(destinations.length, 'destination')}`;

const destination = (page, one) => html`
  <tr>
    <th scope="row"><a href=${page.link('destinations', one.destination_id)}>${one.name}</a></th>
    <td>${badge(one.delivered ? 'delivered' : 'pending')}</td>
    <td>${one.delivered
      ? nothing
      : one.enabled
        ? 'A run is on its way. If it failed, retry it.'
        : 'It is disabled: it is sent the deletion once it is enabled.'}</td>
  </tr>`;

const objects = (page, all) => html`
  <p>${all.length === 1 ? 'This object was' : `These ${many(all.length, 'object')} were`} delivered earlier and may hold the patient’s data. Caravan
    deletes none of them: whoever keeps the place does.</p>
  ${table('Objects', ['Destination', 'Object', 'Delivered'], all.slice(0, SHOWN).map((one) => object(page, one)))}
  ${all.length > SHOWN ? html`<p class="quiet">${count(all.length - SHOWN)} more are in the receipt (JSON).</p>` : nothing}`;

const object = (page, one) => html`
  <tr>
    <td>${one.destination_name}</td>
    <td><a class="key" href=${page.link('runs', one.run_id)}>${one.object_key ?? 'A try that left its object, if any, in the run’s folder'}</a></td>
    <td>${time(one.delivered_at)}</td>
  </tr>`;

const type = (one) => html`
  <tr>
    <th scope="row">${one.type}</th>
    <td class="number">${count(one.erased)}</td>
    <td class="number">${count(one.kept)}</td>
  </tr>`;
