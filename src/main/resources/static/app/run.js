// One run, live: how far it is, counts that add up, its items and rejections with what the destination said, and what
// can be done.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get, post} from './api.js';
import {action, badge, facts, failure, mend, nextTry, progress, table, time} from './parts.js';
import {bytes, count, duration, fromNow, many, plain, retrySends, retryWord, shortId, trigger} from './words.js';

const OPEN = ['queued', 'running'];

export const title = (page) => `Run to ${page.data.destination.name}`;

export async function load(page) {
  const run = await get(page.path(`/runs/${page.id}`));
  const [items, destination] = await Promise.all([
    get(page.path(`/runs/${page.id}/items?limit=200`)),
    page.data?.destination ?? get(page.path(`/destinations/${run.destination_id}`)),
  ]);
  const rejections = destination.type === 'fhir' && run.resources.failed > 0
    ? await get(page.path(`/runs/${page.id}/rejections?limit=50`))
    : {data: [], next_cursor: null};
  return {run, items, destination, rejections};
}

export const live = (page) => (OPEN.includes(page.data.run.status) ? 2000 : 0);

export function view(page) {
  const {run, destination} = page.data;
  return html`
    <p><a href=${page.link('destinations', destination.id)}>${destination.name}</a></p>
    <div class="head"><h1 tabindex="-1">Run ${time(run.started_at || run.queued_at)}</h1> ${badge(run.status)}</div>
    ${run.error ? html`<article class="box bad"><h2>What went wrong</h2><p>${failure(run.error)}</p>${mend(run.error)}</article>` : nothing}
    ${run.status === 'running' ? html`<p>${progress(run, noun(page))}</p>` : nothing}
    ${choices(page, run)}
    ${facts([
      ['Why', trigger(run.trigger)],
      ['Covers', {delta: 'what changed since the last good run', full: 'everything', items: 'what failed in the original run'}[run.mode]],
      run.retry_of && ['Retry of', html`<a href=${page.link('runs', run.retry_of)}>${shortId(run.retry_of)}</a>`],
      run.resolved_by && ['Resolved by', html`<a href=${page.link('runs', run.resolved_by)}>${shortId(run.resolved_by)}</a>`],
      run.status === 'queued' && ['Starts', new Date(run.due_at) > new Date() ? fromNow(run.due_at) : 'as soon as a node is free'],
      run.started_at && ['Took', duration(run.started_at, run.completed_at)],
      ['Patients', html`${count(run.patients.delivered)} of ${count(run.patients.selected)} delivered`],
      ['Delivered', [many(run.resources.delivered, 'resource'), destination.type === 'fhir' ? '' : ` in ${many(run.files, 'file')}`, `, ${bytes(run.bytes)}`].join('')],
      ['Run id', html`<code>${run.id}</code>`],
    ])}
    ${types(run)}
    ${rejections(page)}
    ${files(page)}`;
}

const noun = (page) => (page.data.destination.type === 'fhir' ? 'item' : 'file');

const choices = (page, run) => html`
  ${run.retryable
    ? html`${nextTry(run)}<p>${retrySends(run)}</p>${action(page, retryWord(run), async () => {
        const retry = await post(page.path(`/runs/${run.id}/retry`));
        page.leave('The retry is queued.', 'runs', retry.id);
      })}`
    : nothing}
  ${OPEN.includes(run.status) ? action(page, 'Cancel', () => cancel(page), 'secondary') : nothing}`;

async function cancel(page) {
  if (await page.ask(
    'Cancel this run?',
    `${page.data.destination.type === 'fhir' ? 'What it has written stays there' : 'It has no manifest then and counts for nothing'}; the next run covers the same changes again.`,
    'Cancel the run',
  )) {
    await post(page.path(`/runs/${page.id}/cancel`));
    return 'The run stops.';
  }
  return '';
}

const open = (one) => one.selected - one.delivered - one.superseded - one.failed;

function types(run) {
  if (!run.types.length) {
    return html`<p class="quiet">${run.status === 'succeeded' ? 'Nothing had changed: there was nothing to deliver.' : nothing}</p>`;
  }
  const deletions = run.types.reduce((sum, one) => sum + one.deleted, 0);
  const row = (one, name) => html`
    <tr><th scope="row">${name}</th>
      ${[one.selected, one.delivered, one.superseded, one.failed, open(one)].map((value) => html`<td class="number">${count(value)}</td>`)}
    </tr>`;
  return html`
    <section aria-labelledby="types">
      <h2 id="types">Resources</h2>
      ${table('Resources by type', ['Type', '#Selected', '#Delivered', '#Superseded', '#Failed', '#Open'], html`
        ${run.types.map((one) => row(one, one.type))}${row(run.resources, html`<strong>All</strong>`)}`)}
      <p class="quiet">Selected = delivered + superseded + failed + open. Superseded ones changed meanwhile: a later run carries them.
        ${deletions ? `Of the delivered, ${many(deletions, 'is a deletion', 'are deletions')}: they are gone at their source, or were erased.` : nothing}</p>
    </section>`;
}

function rejections(page) {
  const {data, next_cursor: next} = page.data.rejections;
  const more = page.state.moreRejections || {data: [], next};
  const all = [...data, ...more.data];
  return all.length
    ? html`
      <section aria-labelledby="rejections">
        <h2 id="rejections">Rejections</h2>
        ${table('Rejections', ['Resource', 'Status', 'Refused', 'What the destination said'], all.map((one) => rejection(page, one)))}
        ${more.next ? html`<button type="button" class="secondary" @click=${() => page.act(() => reject50(page, more))}>More rejections</button>` : nothing}
      </section>`
    : nothing;
}

async function reject50(page, before) {
  const {data, next_cursor: next} = await get(page.path(`/runs/${page.id}/rejections?limit=50&cursor=${before.next}`));
  page.state.moreRejections = {data: [...before.data, ...data], next};
}

const rejection = (page, one) => html`
  <tr>
    <th scope="row">${one.type}/${one.id}${one.deletion ? html`<br><small>its deletion</small>` : nothing}</th>
    <td>${one.status ?? 'never sent'}${one.resolved_by ? html`<br><a href=${page.link('runs', one.resolved_by)}>in the retry</a>` : nothing}</td>
    <td>${time(one.rejected_at)}</td>
    <td>${one.text || 'Nothing'}
      ${one.outcome ? html`<details><summary>OperationOutcome</summary><pre>${JSON.stringify(one.outcome, null, 2)}</pre></details>` : nothing}</td>
  </tr>`;

function files(page) {
  const {data, next_cursor: next} = page.data.items;
  const more = page.state.more || {data: [], next};
  const all = [...data, ...more.data].sort((one, other) => (other.status === 'failed') - (one.status === 'failed'));
  return all.length
    ? html`
      <section aria-labelledby="files">
        <h2 id="files">${plain(noun(page))}s</h2>
        ${table(`${plain(noun(page))}s`, [plain(noun(page)), 'State', '#Resources', '#Attempts', '#Size', 'Delivered', 'What the destination said'], all.map((one) => file(page, one)))}
        ${more.next ? html`<button type="button" class="secondary" @click=${() => page.act(() => load200(page, more))}>More ${noun(page)}s</button>` : nothing}
      </section>`
    : nothing;
}

async function load200(page, before) {
  const {data, next_cursor: next} = await get(page.path(`/runs/${page.id}/items?limit=200&cursor=${before.next}`));
  page.state.more = {data: [...before.data, ...data], next};
}

const nameOf = (one) => ({
  manifest: 'Manifest',
  archive: `Archive ${one.part}`,
  deleted: `${one.resource_type} deletions ${one.part}`,
  repeats: 'Sent again: what waited for others',
})[one.kind] ?? `${one.resource_type} ${one.part}`;

const file = (page, one) => html`
  <tr>
    <th scope="row">${nameOf(one)}
      ${one.object_key ? html`<br><small class="key">${one.object_key}</small>` : nothing}</th>
    <td>${badge(one.status)}${one.resolved_by ? html`<br><a href=${page.link('runs', one.resolved_by)}>in the retry</a>` : nothing}</td>
    <td class="number">${one.kind === 'manifest' ? '' : count(one.selected)}</td>
    <td class="number">${count(one.attempts)}</td>
    <td class="number">${one.bytes ? bytes(one.bytes) : ''}</td>
    <td>${time(one.delivered_at, one.status === 'pending' && one.attempts > 0 ? html`next try ${fromNow(one.due_at)}` : '–')}</td>
    <td>${failure(one.error)}</td>
  </tr>`;
