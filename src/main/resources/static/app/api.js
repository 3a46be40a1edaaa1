// The public HTTP API, as the dashboard calls it: nothing here that any other client could not do.

/** An answer that is a problem (RFC 9457): what went wrong, in the server's words. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.status = status;
    this.title = body.title || 'Something went wrong';
    this.code = body.code || '';
    this.steps = body.steps || [];
    this.requestId = body.request_id || '';
    this.fields = new Map((body.errors || []).map((error) => [error.field, error.message]));
  }

  /** What a person can do about it. */
  get advice() {
    return ADVICE[this.code] || (this.status >= 500 ? 'Try again. If it stays, the log says more under this id.' : '');
  }
}

const ADVICE = {
  unreachable: 'Check the network and that Caravan is running, then try again.',
  forbidden: 'Ask an operator or a manager of this organization.',
  not_found: 'It may have been deleted, or this version of Caravan cannot do it yet.',
  method_not_allowed: 'This version of Caravan cannot do it yet.',
  precondition_failed: 'Reload the page to see what changed, then decide again.',
  destination_disabled: 'Enable the destination first.',
  nothing_to_retry: 'Everything that failed is delivered or on its way. Reload the page.',
  connection_not_active: 'The patient has to reconnect first.',
  database_unavailable: 'It goes on by itself when the database is back. Reload the page in some seconds.',
  name_taken: 'Choose another name.',
};

let session;

/** Who is signed in; asked for once. */
export async function readSession() {
  session ??= (await send('GET', '/session')).body;
  return session;
}

export const get = async (path) => (await send('GET', path)).body;

/** The thing together with the version that a change of it has to name. */
export const read = (path) => send('GET', path);

export const post = async (path, body = {}) => (await send('POST', path, body)).body;

export const patch = async (path, body, etag) => (await send('PATCH', path, body, etag)).body;

export const remove = async (path) => (await send('DELETE', path)).body;

export async function signOut() {
  await fetch('/sign-out', {method: 'POST', headers: {[session.csrf.header]: session.csrf.token}});
  location.assign('/sign-in?left');
}

async function send(method, path, body, etag) {
  const headers = {Accept: 'application/json, application/problem+json'};
  if (method !== 'GET') {
    headers[session.csrf.header] = session.csrf.token;
  }
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (etag) {
    headers['If-Match'] = etag;
  }
  const answer = await reach('/api/v1' + path, {method, headers, body: body && JSON.stringify(body)});
  if (answer.status === 401) {
    location.assign('/sign-in' + location.hash);
    return new Promise(() => {}); // the page is being left
  }
  const content = await json(answer);
  if (!answer.ok) {
    throw new Problem(answer.status, content);
  }
  return {body: content, etag: answer.headers.get('ETag')};
}

async function reach(url, request) {
  try {
    return await fetch(url, request);
  } catch {
    throw new Problem(0, {title: 'Caravan cannot be reached', detail: 'No answer came.', code: 'unreachable'});
  }
}

async function json(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}
