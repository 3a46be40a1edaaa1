// One patient's connection: its state, its pulls, and what each query of the latest one brought, and how it ends.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get, post} from './api.js';
import {receipt} from './erasure.js';
import {action, badge, empty, facts, failure, table, time, until} from './parts.js';
import {outcome, tasksOf} from './pull.js';
import {count, fromNow, patientOf, plain, trigger} from './words.js';

export const title = (page) => patientOf(page.data.connection);

export async function load(page) {
  const [connection, pulls] = await Promise.all([
    get(page.path(`/connections/${page.id}`)),
    get(page.path(`/pulls?connection_id=${page.id}&limit=20`)),
  ]);
  const latest = pulls.data[0];
  const [source, tasks, erasure] = await Promise.all([
    get(page.path(`/sources/${connection.source_id}`)),
    latest ? tasksOf(page, latest.id) : [],
    connection.erased_at && get(page.path(`/connections/${page.id}/erasure`)),
  ]);
  return {connection, source, pulls, latest, tasks, erasure};
}

export const live = ({data: {latest, erasure}}) =>
  ['queued', 'running'].includes(latest?.status) || erasure?.deletion.destinations.some((one) => one.enabled && !one.delivered)
    ? 2000
    : 10000;

export function view(page) {
  const {connection, source, pulls, latest, tasks, erasure} = page.data;
  return html`
    <p><a href=${page.link('connections')}>Connections</a></p>
    <div class="head"><h1 tabindex="-1">${patientOf(connection)}</h1> ${badge(connection.erased_at ? 'erased' : connection.status)}</div>
    ${trouble(connection)}
    ${buttons(page, connection)}
    ${erasure ? receipt(page, erasure) : nothing}
    ${facts([
      ['Source', html`${source.name}, ${source.fhir_base_url}`],
      source.hold_until && ['Source waits', until(source.hold_until, source.hold_reason)],
      connection.scope && ['Scope', connection.scope],
      connection.missing_scopes.length && ['Missing scopes', connection.missing_scopes.join(' ')],
      ['Connected', time(connection.created_at)],
      ['Next pull', nextPull(connection, latest)],
      ...Object.entries(connection.credentials_set).map(([name, since]) => [plain(name), html`set ${time(since)}`]),
    ])}
    <section aria-labelledby="pulls">
      <h2 id="pulls">Pulls</h2>
      ${pulls.data.length
        ? table('Pulls', ['Pull', 'Why', 'State', '#Seen', '#New', '#Changed', '#Deleted', 'Notes'], pulls.data.map((one) => row(page, one)))
        : empty('No pull yet', 'One is queued when the patient is connected.')}
    </section>
    ${latest ? outcome(latest, tasks, source) : nothing}`;
}

/** When the schedule pulls it; one that is due waits for the pull that is running. */
function nextPull({status, next_pull_at: at}, latest) {
  if (!at) {
    return status === 'refresh_failed' ? 'none until the patient reconnects' : 'none';
  }
  if (new Date(at) > new Date()) {
    return html`${time(at)}, ${fromNow(at)}`;
  }
  return latest?.status === 'running' ? 'as soon as the running one has ended' : 'now';
}

function buttons(page, connection) {
  const ended = connection.status === 'disconnected';
  return page.mayChange && !connection.erased_at
    ? html`
      <div class="buttons">
        ${connection.status === 'active' ? action(page, 'Pull now', () => pull(page)) : nothing}
        ${ended ? nothing : action(page, 'Disconnect', () => disconnect(page), 'secondary')}
        ${action(page, 'Erase', () => erase(page), 'contrast')}
      </div>`
    : nothing;
}

async function pull(page) {
  await post(page.path(`/connections/${page.id}/pulls`));
  return 'The pull is queued.';
}

async function disconnect(page) {
  if (!(await page.ask(
    `Disconnect ${patientOf(page.data.connection)}?`,
    'Nothing more is pulled, and the tokens are destroyed. Records that were pulled stay here; those that no other connection sees are left '
      + 'out of new backfills. What was delivered stays where it is. When the patient is connected again, it goes on from there.',
    'Disconnect',
  ))) {
    return '';
  }
  await post(page.path(`/connections/${page.id}/disconnect`));
  return 'It is disconnected. Nothing more is pulled.';
}

async function erase(page) {
  if (!(await page.ask(
    `Erase ${patientOf(page.data.connection)}?`,
    'This cannot be undone. The connection ends, and every record that no other connection sees is erased here at once. Every destination is '
      + 'sent the deletion, a disabled one when it is enabled. Objects that were delivered earlier stay where they are: a receipt names them.',
    'Erase the patient',
  ))) {
    return '';
  }
  await post(page.path(`/connections/${page.id}/erase`));
  return 'The patient is erased. The receipt is below.';
}

/** Why nothing is pulled until the patient reconnects, or why there is no token for the time being. */
function trouble({status, error}) {
  if (status === 'refresh_failed') {
    return html`
      <div class="box bad" role="alert"><strong>Reconnect needed — ask the patient to reconnect.</strong>
        ${error ? html`<p>Since ${time(error.since)}: ${error.message}</p>` : nothing}
        <p>When the patient has granted access again, your application sends the new credentials, and a pull starts.</p></div>`;
  }
  return error
    ? html`<div class="box warning" role="status"><strong>No token for the time being.</strong><p>Since ${time(error.since)}: ${error.message}</p></div>`
    : nothing;
}

const row = (page, one) => html`
  <tr>
    <td><a href=${page.link('pulls', one.id)}>${time(one.started_at || one.queued_at)}</a></td>
    <td>${trigger(one.trigger)}</td>
    <td>${badge(one.status)}</td>
    ${['seen', 'new', 'changed', 'deleted'].map((name) => html`<td class="number">${page.data.erasure ? '–' : count(one.resources[name])}</td>`)}
    <td>${failure(one.error)}${one.warnings.length ? `${one.warnings.length} warnings` : nothing}</td>
  </tr>`;
