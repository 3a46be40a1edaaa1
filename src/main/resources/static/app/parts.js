// Pieces that several pages show.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {clock, duration, fromNow, localTime, many, plain, remedy, state, trigger, utcTime, bytes, count} from './words.js';

const SHAPES = {
  good: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM4.300 8.200l1.200-1.200 1.700 1.700 3.400-3.600 1.200 1.200-4.600 4.800z',
  busy: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2v10A5 5 0 0 1 8 3z',
  waiting: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2a5 5 0 1 1 0 10A5 5 0 0 1 8 3z',
  warning: 'M8 1 0.600 14.500h14.800zM7.200 6h1.600v4.500H7.200zm0 5.500h1.600V13H7.200z',
  bad: 'M4.700 1h6.600L15 4.700v6.600L11.300 15H4.700L1 11.300V4.700zM5.600 4.500 4.500 5.600 6.900 8l-2.400 2.400 1.100 1.100L8 9.100l2.400 2.400 1.100-1.100L9.100 8l2.400-2.400-1.100-1.100L8 6.900z',
  off: 'M2 2h12v12H2zM4 7v2h8V7z',
};

/** A state by word, shape and colour. */
export function badge(code) {
  const [look, word] = state(code);
  return html`<span class="state ${look}"><svg viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d=${SHAPES[look]}></path></svg> ${word}</span>`;
}

/** A time of day here, with UTC for those who compare it with a log. */
export const time = (iso, otherwise = '–') =>
  iso ? html`<time datetime=${iso} title=${utcTime(iso)}>${localTime(iso)}</time>` : otherwise;

export const ago = (iso, otherwise = 'never') =>
  iso ? html`<time datetime=${iso} title="${localTime(iso)} (${utcTime(iso)})">${fromNow(iso)}</time>` : otherwise;

/** "until 11:20, in 4 minutes – the source asked to wait". */
export const until = (iso, why) =>
  html`until <time datetime=${iso} title="${localTime(iso)} (${utcTime(iso)})">${clock(iso)}</time>, ${fromNow(iso)}${why ? ` – ${why}` : nothing}`;

export const problem = (thrown) => html`
  <div class="box bad" role="alert">
    <strong>${thrown.title || 'Something went wrong here'}</strong>
    <p>${thrown.message}</p>
    ${thrown.advice ? html`<p>${thrown.advice}</p>` : nothing}
    ${thrown.requestId ? html`<p class="quiet">Request ${thrown.requestId}</p>` : nothing}
  </div>`;

/** What went wrong with a run, an item, a pull or a task: its code in words, and what the other side said. */
export const failure = (error) =>
  error ? html`<span class="failure"><strong>${plain(error.code)}</strong> ${error.message}</span>` : nothing;

/** What to do about a run that failed as this error says. */
export const mend = (error) => (error && remedy(error.code) ? html`<p class="advice">${remedy(error.code)}</p>` : nothing);

/** When a run's failed work is tried again by itself. */
export const nextTry = (run) => (run.next_try_at
  ? html`<p>Next try by itself at <time datetime=${run.next_try_at} title="${localTime(run.next_try_at)} (${utcTime(run.next_try_at)})">${clock(run.next_try_at)}</time>, ${fromNow(run.next_try_at)}.</p>`
  : nothing);

/** The steps of a destination's test, each with its outcome and what to do. */
export const steps = (taken) => html`
  <ol class="steps" aria-label="Steps of the test">
    ${taken.map((step) => html`
      <li>
        ${badge(step.outcome)} <strong>${plain(step.name)}</strong>
        ${step.detail ? html`<p>${step.detail}</p>` : nothing}
        ${step.advice ? html`<p class="advice">${step.advice}</p>` : nothing}
      </li>`)}
  </ol>`;

/** A wide table scrolls in itself, by keyboard too, and never the page. */
export const table = (label, heads, rows) => html`
  <div class="wide" tabindex="0" role="region" aria-label=${label}>
    <table>
      <thead><tr>${heads.map((head) =>
        head.startsWith('#') ? html`<th scope="col" class="number">${head.slice(1)}</th>` : html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`;

export const empty = (title, text, action = nothing) => html`
  <article class="empty"><h2>${title}</h2><p>${text}</p>${action}</article>`;

export const facts = (pairs) => html`
  <dl>${pairs.filter(Boolean).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

export function progress(run, noun = 'file') {
  const {total, ended} = run.items;
  return total === 0
    ? html`<progress aria-label="Progress of the run"></progress>`
    : html`<progress max=${total} .value=${ended} aria-label="Progress of the run"></progress>
        <span class="quiet">${count(ended)} of ${many(total, noun)}</span>`;
}

export const runHeads = ['Run', 'Why', 'State', '#Patients', '#Delivered', '#Failed', '#Files', '#Size', 'Took'];

export const runRow = (page, run) => html`
  <tr>
    <td><a href=${page.link('runs', run.id)}>${time(run.started_at || run.queued_at)}</a></td>
    <td>${trigger(run.trigger)}${run.mode === 'full' ? ', everything' : ''}</td>
    <td>${badge(run.status)}${run.resolved_by ? html` <a href=${page.link('runs', run.resolved_by)}>resolved</a>` : nothing}</td>
    <td class="number">${count(run.patients.delivered)}</td>
    <td class="number">${count(run.resources.delivered)}</td>
    <td class="number">${count(run.resources.failed)}</td>
    <td class="number">${count(run.files)}</td>
    <td class="number">${bytes(run.bytes)}</td>
    <td>${run.started_at ? duration(run.started_at, run.completed_at) : '–'}</td>
  </tr>`;

/** A button that does something at the server; only for those who may. */
export const action = (page, label, work, look = '') =>
  page.mayChange
    ? html`<button type="button" class=${look} ?disabled=${page.busy} @click=${() => page.act(work)}>${label}</button>`
    : nothing;
