// One pull: what it brought, whether it was exported, what each query said, and what may be missing.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get, post} from './api.js';
import {action, badge, facts, failure, table, time, until} from './parts.js';
import {count, duration, many, retryAsks, shortId, trigger} from './words.js';

const OPEN = ['queued', 'running'];
const MISSING = ['refused', 'failed', 'unsupported'];
const KINDS = {references: 'What is referred to', attachment: 'Attachment', vanished: 'What is gone'};
const LEFT_OUT = 'attachment_left_out';

export const title = () => 'Pull';

export async function load(page) {
  const [pull, tasks, destinations] = await Promise.all([
    get(page.path(`/pulls/${page.id}`)),
    tasksOf(page, page.id),
    page.data?.destinations ?? get(page.path('/destinations?limit=200')),
  ]);
  return {pull, tasks, destinations, source: await get(page.path(`/sources/${pull.source_id}`))};
}

/** The queries of a pull's plan. Attachments can be thousands: where a page does not hold them all, what went well is cut. */
export async function tasksOf(page, pull) {
  const some = (status) => get(page.path(`/pulls/${pull}/tasks?limit=200${status}`));
  const first = await some('');
  const rest = first.next_cursor ? await Promise.all(MISSING.map((status) => some(`&status=${status}`))) : [];
  return [...new Map([first, ...rest].flatMap((list) => list.data).map((one) => [one.id, one])).values()];
}

export const live = (page) =>
  [page.data.pull, ...page.data.pull.exports].some((one) => OPEN.includes(one.status)) ? 2000 : 0;

export function view(page) {
  const {pull, tasks, destinations, source} = page.data;
  const nameOf = (id) => destinations.data.find((one) => one.id === id)?.name ?? shortId(id);
  return html`
    <p><a href=${page.link('connections', pull.connection_id)}>Its connection</a></p>
    <div class="head"><h1 tabindex="-1">Pull ${time(pull.started_at || pull.queued_at)}</h1> ${badge(pull.status)}</div>
    ${pull.error ? html`<article class="box bad"><h2>What went wrong</h2><p>${failure(pull.error)}</p></article>` : nothing}
    ${pull.retryable ? html`<p>${retryAsks(tasks)}</p>` : nothing}
    <div class="buttons">
      ${OPEN.includes(pull.status) ? action(page, 'Cancel', async () => {
        await post(page.path(`/pulls/${page.id}/cancel`));
        return 'The pull stops.';
      }, 'secondary') : nothing}
      ${pull.retryable ? action(page, 'Retry', async () => {
        const again = await post(page.path(`/pulls/${page.id}/retry`));
        page.leave('The retry is queued.', 'pulls', again.id);
      }) : nothing}
    </div>
    ${facts([
      ['Why', trigger(pull.trigger)],
      pull.waiting_until && ['Waiting', until(pull.waiting_until, reason(pull, tasks, source))],
      pull.retry_of && ['Retry of', html`<a href=${page.link('pulls', pull.retry_of)}>${shortId(pull.retry_of)}</a>`],
      pull.started_at && ['Took', duration(pull.started_at, pull.completed_at)],
      ['Resources', `${count(pull.resources.seen)} seen: ${count(pull.resources.new)} new, ${count(pull.resources.changed)} changed, ${count(pull.resources.unchanged)} unchanged; ${count(pull.resources.deleted)} deleted`],
      ['Exported', pull.exports.length
        ? pull.exports.map((run) => html`<a class="export" href=${page.link('runs', run.run_id)}>${badge(run.status)} ${nameOf(run.destination_id)}</a>`)
        : 'nothing to export'],
    ])}
    ${outcome(pull, tasks, source)}`;
}

/** Why nothing of a pull can be done now: its source asked to wait, a try failed, or all requests of its budget are spent. */
const reason = (pull, tasks, source) =>
  source.hold_reason
  || (tasks.find((one) => one.status === 'pending' && one.error) || pull).error?.message
  || 'the source is not asked more often than its profile allows';

/** What may be missing, and what each query brought. */
export function outcome(pull, tasks, source) {
  const warnings = [...new Set([...pull.warnings, ...tasks.flatMap((task) => task.warnings)])];
  const missing = tasks.filter((one) => MISSING.includes(one.status) && !leftOut(one))
    .map((one) => one.kind === 'attachment' ? 'attachments' : one.resource_type);
  const small = tasks.filter(leftOut).length;
  return html`
    ${warnings.length || missing.length || small
      ? html`<section class="box warning" aria-labelledby="missing">
          <h2 id="missing">What may be missing</h2>
          ${missing.length ? html`<p>The source did not give: ${[...new Set(missing)].join(', ')}.</p>` : nothing}
          ${small ? html`<p>Left out by the profile of the source: ${many(small, 'attachment')}.</p>` : nothing}
          ${warnings.length ? html`<ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>` : nothing}
        </section>`
      : nothing}
    ${tasks.length
      ? html`<section aria-labelledby="tasks">
          <h2 id="tasks">What each query brought</h2>
          ${table('Queries of the pull', ['Type', 'State', '#Pages', '#Seen', '#New', '#Changed', '#Failed tries', 'What the source said'], rows(tasks, source))}
          ${pull.tasks.total > tasks.length ? html`<p class="quiet">Not shown: ${many(pull.tasks.total - tasks.length, 'query', 'queries')} more.</p>` : nothing}
        </section>`
      : nothing}`;
}

/** When a query goes on that cannot now: not before its source may be asked. */
function waiting(one, source) {
  const [from] = [one.due_at, source.hold_until || one.due_at].sort().reverse();
  const held = one.status === 'pending' && new Date(from) > new Date();
  return held ? html`waiting ${until(from, one.error ? '' : source.hold_reason)}<br>` : nothing;
}

const leftOut = (one) => one.error?.code === LEFT_OUT;

/** One row a query; of attachments only those about which there is something to say, and the others together. */
function rows(tasks, source) {
  const quiet = tasks.filter((one) => one.kind === 'attachment' && !one.error);
  const states = [...new Set(quiet.map((one) => one.status))];
  return [
    ...tasks.filter((one) => !quiet.includes(one)).map((one) => task(one, source)),
    ...states.map((status) => together(status, quiet.filter((one) => one.status === status))),
  ];
}

const together = (status, tasks) => {
  const sum = (of) => count(tasks.reduce((all, one) => all + of(one), 0));
  return html`
  <tr>
    <th scope="row">${many(tasks.length, 'attachment')}</th>
    <td>${badge(status)}</td>
    <td class="number">${sum((one) => one.pages)}</td>
    ${['seen', 'new', 'changed'].map((name) => html`<td class="number">${sum((one) => one.resources[name])}</td>`)}
    <td></td>
    <td></td>
  </tr>`;
};

const task = (one, source) => html`
  <tr>
    <th scope="row">${KINDS[one.kind] || one.resource_type}<br><small class="key">${one.query}</small></th>
    <td>${badge(one.status)}</td>
    <td class="number">${count(one.pages)}</td>
    ${['seen', 'new', 'changed'].map((name) => html`<td class="number">${count(one.resources[name])}</td>`)}
    <td class="number">${one.attempts || ''}</td>
    <td>${waiting(one, source)}${failure(one.error)}${one.warnings.map((warning) => html`<br>${warning}`)}</td>
  </tr>`;
