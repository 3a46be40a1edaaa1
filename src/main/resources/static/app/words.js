// How values are said: numbers, sizes, times, and the words for what Caravan calls by a code.

const number = new Intl.NumberFormat();
const local = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'medium'});
const relative = new Intl.RelativeTimeFormat('en', {numeric: 'auto'});

export const count = (value) => number.format(value);

/** "1 file", "22 files". */
export const many = (value, one, more = one + 's') => `${count(value)} ${value === 1 ? one : more}`;

export function bytes(value) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${number.format(unit && size < 100 ? Math.round(size * 10) / 10 : Math.round(size))} ${units[unit]}`;
}

export const localTime = (iso) => local.format(new Date(iso));

/** "11:20" of today, else with its date. */
export function clock(iso) {
  const then = new Date(iso);
  return then.toDateString() === new Date().toDateString()
    ? then.toLocaleTimeString(undefined, {hour: '2-digit', minute: '2-digit'})
    : localTime(iso);
}

export const utcTime = (iso) => iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');

/** "3 minutes ago", "in 8 seconds". */
export function fromNow(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  for (const [unit, size] of [['day', 86400], ['hour', 3600], ['minute', 60]]) {
    if (Math.abs(seconds) >= size) {
      return relative.format(Math.round(seconds / size), unit);
    }
  }
  return relative.format(Math.round(seconds), 'second');
}

export function duration(from, to) {
  const seconds = (new Date(to || Date.now()) - new Date(from)) / 1000;
  if (seconds < 60) {
    return `${number.format(Math.round(seconds * 10) / 10)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const STATES = {
  ok: ['good', 'OK'],
  succeeded: ['good', 'Succeeded'],
  completed: ['good', 'Completed'],
  delivered: ['good', 'Delivered'],
  done: ['good', 'Done'],
  active: ['good', 'Active'],
  passed: ['good', 'Passed'],
  running: ['busy', 'Running'],
  queued: ['waiting', 'Queued'],
  pending: ['waiting', 'Waiting'],
  idle: ['waiting', 'No run yet'],
  partial: ['warning', 'Partial'],
  warning: ['warning', 'Warning'],
  refused: ['warning', 'Refused'],
  failed: ['bad', 'Failed'],
  refresh_failed: ['bad', 'Reconnect needed'],
  cancelled: ['off', 'Cancelled'],
  disabled: ['off', 'Disabled'],
  disconnected: ['off', 'Disconnected'],
  erased: ['off', 'Erased'],
  unsupported: ['off', 'Not supported'],
  unknown: ['off', 'Not known'],
  skipped: ['off', 'Skipped'],
};

/** The colour and shape, and the word, of a state. */
export const state = (code) => STATES[code] || ['off', plain(code)];

const TRIGGERS = {
  destination_added: 'Destination added',
  pull_completed: 'A pull brought changes',
  destination_reactivated: 'Destination enabled',
  manual_retry: 'Retry',
  auto_retry: 'Automatic retry',
  manual: 'Started by hand',
  connected: 'Patient connected',
  scheduled: 'Schedule',
  retry: 'Retry',
};

export const trigger = (code) => TRIGGERS[code] || plain(code);

/** A code as words: no_readable_type is "No readable type". */
export function plain(code) {
  const words = code.replaceAll('_', ' ').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the contract calls an operation, as words: retryRun is "Retry run". */
export const spoken = (operation) =>
  plain(operation.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace('api key', 'API key'));

const REMEDIES = {
  destination_not_found: 'Make it there again, or correct the address under Edit. Then retry.',
  destination_unauthorized: 'Give it credentials that hold under Edit. Then retry.',
  destination_refused: 'Give its credentials the rights that they lack, or correct it under Edit. Then retry.',
  destination_unreachable: 'Test says whether it answers again. Then retry.',
  destination_timeout: 'Test says whether it answers again. Then retry.',
  destination_throttled: 'It asks for a pause: retry later.',
  destination_error: 'The fault is at its side: retry when that is mended. Test says whether it is.',
};

/** What has to be done before a retry can help; empty where nobody knows. */
export const remedy = (code) => REMEDIES[code] || '';

/** Enough of an id to tell two apart. */
export const shortId = (id) => id.replace(/^([a-z]+)_.*(.{8})$/, '$1 …$2');

/** Whose a connection is; of an erased one nobody knows. */
export const patientOf = ({id, patient_id: patient}) => (patient ? `Patient ${patient}` : `Erased patient, ${shortId(id)}`);

/** What a retry of this run sends, before somebody presses the button. */
/** On the button; an automatic retry that waits is brought forward by it. */
export const retryWord = (run) => (run.next_try_at ? 'Retry now' : 'Retry');

export function retrySends(run) {
  const failed = run.resources.failed;
  if (run.status === 'failed' && run.mode !== 'items') {
    return failed > 0
      ? `Retry sends the ${many(failed, 'resource')} that failed, and whatever changed since.`
      : 'Retry sends everything that changed since the last good run.';
  }
  const files = run.items.failed > 0 ? ` (${many(run.items.failed, 'file')})` : '';
  return `Retry sends the ${many(failed, 'resource')} that failed${files}. What was delivered is not sent again.`;
}

const ASKED = {references: 'what others refer to', attachment: 'attachments'};

/** What a retry of a pull asks for, before somebody presses the button; its tasks are the pull's. */
export function retryAsks(tasks) {
  if (tasks.length === 0) {
    return 'Retry asks for everything: the source could not be asked what it has.';
  }
  const missed = tasks.filter((task) => ['refused', 'failed'].includes(task.status) && !['read', 'vanished'].includes(task.kind));
  const names = [...new Set(missed.map((task) => ASKED[task.kind] || task.resource_type))];
  return names.length
    ? `Retry reads the patient and asks again for ${names.join(', ')}. What the other queries brought is not asked for again.`
    : 'Retry reads the patient again. What is gone is looked for by the next pull of everything.';
}
