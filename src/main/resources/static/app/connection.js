// One patient's connection: its state, its pulls, and what each query of the latest one brought.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {get, post} from './api.js';
import {action, badge, empty, facts, failure, table, time} from './parts.js';
import {outcome, tasksOf} from './pull.js';
import {count, fromNow, plain, trigger} from './words.js';

export const title = (page) => `Connection of ${page.data.connection.patient_id}`;

export async function load(page) {
  const [connection, pulls] = await Promise.all([
    get(page.path(`/connections/${page.id}`)),
    get(page.path(`/pulls?connection_id=${page.id}&limit=20`)),
  ]);
  const latest = pulls.data[0];
  const [source, tasks] = await Promise.all([
    get(page.path(`/sources/${connection.source_id}`)),
    latest ? tasksOf(page, latest.id) : [],
  ]);
  return {connection, source, pulls, latest, tasks};
}

export const live = (page) => (['queued', 'running'].includes(page.data.latest?.status) ? 2000 : 10000);

export function view(page) {
  const {connection, source, pulls, latest, tasks} = page.data;
  return html`
    <p><a href=${page.link('connections')}>Connections</a></p>
    <div class="head"><h1 tabindex="-1">Patient ${connection.patient_id}</h1> ${badge(connection.status)}</div>
    ${trouble(connection)}
    ${connection.status === 'active'
      ? html`<div class="buttons">${action(page, 'Pull now', async () => {
          await post(page.path(`/connections/${page.id}/pulls`));
          return 'The pull is queued.';
        })}</div>`
      : nothing}
    ${facts([
      ['Source', html`${source.name}, ${source.fhir_base_url}`],
      source.hold_until && ['Source waits', html`until ${time(source.hold_until)}, ${fromNow(source.hold_until)}: ${source.hold_reason}`],
      connection.scope && ['Scope', connection.scope],
      connection.missing_scopes.length && ['Missing scopes', connection.missing_scopes.join(' ')],
      ['Connected', time(connection.created_at)],
      ['Next pull', time(connection.next_pull_at)],
      ...Object.entries(connection.credentials_set).map(([name, since]) => [plain(name), html`set ${time(since)}`]),
    ])}
    <section aria-labelledby="pulls">
      <h2 id="pulls">Pulls</h2>
      ${pulls.data.length
        ? table('Pulls', ['Pull', 'Why', 'State', '#Seen', '#New', '#Changed', '#Deleted', 'Notes'], pulls.data.map((one) => row(page, one)))
        : empty('No pull yet', 'One is queued when the patient is connected.')}
    </section>
    ${latest ? outcome(latest, tasks) : nothing}`;
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
    ${['seen', 'new', 'changed', 'deleted'].map((name) => html`<td class="number">${count(one.resources[name])}</td>`)}
    <td>${failure(one.error)}${one.warnings.length ? `${one.warnings.length} warnings` : nothing}</td>
  </tr>`;
