// What needs attention, first; then the destinations, the latest pulls and whether they were exported. One call.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get, post} from './api.js';
import {action, ago, badge, empty, failure, mend, nextTry, progress, table, time} from './parts.js';
import {count, fromNow, many, plain, retrySends, retryWord, shortId, trigger} from './words.js';

const OPEN = ['queued', 'running'];

export const title = () => 'Overview';

export const load = (page) => get(page.path('/summary'));

export const live = (page) =>
  page.data.destinations.some((one) => OPEN.includes(one.state)) || page.data.pulls.some((one) => OPEN.includes(one.status))
    ? 2000
    : 10000;

export function view(page) {
  const {destinations, connections, pulls, attention} = page.data;
  return html`
    <h1 tabindex="-1">Overview</h1>
    ${attention.length ? needsAttention(page, attention) : nothing}
    <section aria-labelledby="destinations">
      <h2 id="destinations">Destinations</h2>
      ${destinations.length
        ? html`<div class="cards">${destinations.map((one) => card(page, one))}</div>`
        : empty('No destination yet', 'A destination is where records are delivered: a bucket of yours.', page.mayChange
          ? html`<a class="button" href=${page.link('destinations', 'new')}>Add destination</a>`
          : nothing)}
    </section>
    <section aria-labelledby="pulls">
      <h2 id="pulls">Latest pulls</h2>
      <p>${connectionCounts(page, connections)}</p>
      ${pulls.length
        ? table('Latest pulls', ['Pull', 'Connection', 'State', '#New', '#Changed', '#Deleted', 'Exported'], pulls.map((one) => pullRow(page, one)))
        : html`<p class="quiet">Nothing was pulled yet: a pull starts by itself when a patient is connected.</p>`}
    </section>`;
}

const needsAttention = (page, attention) => html`
  <section aria-labelledby="attention">
    <h2 id="attention">Needs attention</h2>
    ${attention.map((one) => html`<article class="box bad attention">${({destination, connection, pull})[one.noun](page, one)}</article>`)}
  </section>`;

function destination(page, one) {
  const {latest_run: run} = page.data.destinations.find((known) => known.id === one.id);
  return html`
    <h3>${badge(run.status)} <a href=${page.link('destinations', one.id)}>${one.name}</a></h3>
    <p>${ago(one.since)}: ${failure(one)}</p>
    ${mend(one)}
    ${one.retryable
      ? html`${nextTry(run)}<p>${retrySends(run)}</p>${action(page, retryWord(run), async () => {
          await post(page.path(`/runs/${one.run_id}/retry`));
          return `The retry for ${one.name} is queued.`;
        })}`
      : nothing}
    <a href=${page.link('runs', one.run_id)}>See the run</a>`;
}

const connection = (page, one) => html`
  <h3>${badge('refresh_failed')} <a href=${page.link('connections', one.id)}>Patient ${one.name}</a></h3>
  <p>${ago(one.since)}: ${one.message}</p>`;

const pull = (page, one) => html`
  <h3>${badge(one.code === 'partial' ? 'partial' : 'failed')} <a href=${page.link('pulls', one.id)}>${shortId(one.id)}</a></h3>
  <p>${ago(one.since)}: ${one.code === 'partial' ? one.message : html`<strong>${plain(one.code)}</strong> ${one.message}`}</p>
  ${action(page, 'Pull again', async () => {
    await post(page.path(`/pulls/${one.id}/retry`));
    return 'The pull is queued.';
  })}`;

function card(page, one) {
  const run = one.latest_run;
  return html`
    <article class="card">
      <h3>${badge(one.state)} <a href=${page.link('destinations', one.id)}>${one.name}</a></h3>
      ${one.state === 'running' ? html`<p>${progress(run)}</p>` : nothing}
      ${one.state === 'queued' ? html`<p>Next export ${new Date(run.due_at) > new Date() ? fromNow(run.due_at) : 'now'}</p>` : nothing}
      <p>Delivered up to ${ago(one.last_exported_at, 'now: nothing yet')}</p>
      ${run && run.completed_at
        ? html`<p>Last run: <a href=${page.link('runs', run.id)}>${run.status === 'failed'
            ? `${many(run.resources.failed, 'resource')} not delivered`
            : `${many(run.resources.delivered, 'resource')} of ${many(run.patients.delivered, 'patient')}`}</a></p>`
        : nothing}
    </article>`;
}

const connectionCounts = (page, counts) => html`
  <a href=${page.link('connections')}>${many(counts.active, 'active connection')}</a>${counts.refresh_failed
    ? html`, <strong>${count(counts.refresh_failed)} to be reconnected</strong>`
    : nothing}${counts.disconnected ? html`, ${count(counts.disconnected)} disconnected` : nothing}`;

const pullRow = (page, one) => html`
  <tr>
    <td><a href=${page.link('pulls', one.id)}>${time(one.started_at || one.queued_at)}</a><br><span class="quiet">${trigger(one.trigger)}</span></td>
    <td><a href=${page.link('connections', one.connection_id)}>${shortId(one.connection_id)}</a></td>
    <td>${badge(one.status)}</td>
    <td class="number">${count(one.resources.new)}</td>
    <td class="number">${count(one.resources.changed)}</td>
    <td class="number">${count(one.resources.deleted)}</td>
    <td>${exported(page, one)}</td>
  </tr>`;

function exported(page, one) {
  if (one.exports.length) {
    return one.exports.map((run) => html`
      <a class="export" href=${page.link('runs', run.run_id)}>${badge(run.status)} ${nameOf(page, run.destination_id)}</a>`);
  }
  const changes = one.resources.new + one.resources.changed + one.resources.deleted;
  return html`<span class="quiet">${OPEN.includes(one.status) ? '–' : changes ? 'Not yet' : 'Nothing new'}</span>`;
}

const nameOf = (page, id) => page.data.destinations.find((known) => known.id === id)?.name ?? shortId(id);
