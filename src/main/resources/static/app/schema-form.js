// Draws fields from a JSON Schema, as `destination-types` has it, and reads them back.
import {html, nothing} from '/webjars/lit-html/lit-html.js';
import {live} from '/webjars/lit-html/directives/live.js';
import {plain} from './words.js';

/** The fields of a schema: those marked x-advanced folded away, unless one of them is wrong. */
export function fields(form, schema, group) {
  const names = Object.keys(schema.properties);
  const advanced = names.filter((name) => schema.properties[name]['x-advanced']);
  const required = requiredNow(schema, form.values[group]);
  const draw = (name) => field(form, group, name, schema.properties[name], required.includes(name));
  return html`
    ${names.filter((name) => !advanced.includes(name)).map(draw)}
    ${advanced.length
      ? html`<details ?open=${advanced.some((name) => form.errors.has(`${group}.${name}`))}><summary>Advanced</summary>${advanced.map(draw)}</details>`
      : nothing}`;
}

/** What the schema requires of these values, its if/then/else included. */
function requiredNow(schema, values) {
  const conditional = (schema.allOf || []).flatMap((rule) => {
    const holds = Object.entries(rule.if.properties).every(([name, wanted]) => values[name] === wanted.const);
    return (holds ? rule.then : rule.else)?.required || [];
  });
  return [...(schema.required || []), ...conditional];
}

function field(form, group, name, schema, required) {
  const id = `${group}.${name}`;
  const error = form.errors.get(id);
  const help = [schema.description, schema.writeOnly && form.stored ? 'Leave empty to keep what is stored' : ''].filter(Boolean).join('. ');
  return labelled(id, schema.title || plain(name), required && !(schema.writeOnly && form.stored), help, error,
    control(id, schema, form.values[group][name] ?? '', error, help, (value) => form.set(group, name, value)));
}

/** A label, the control, help, and what is wrong with it. */
export const labelled = (id, title, required, help, error, input) => html`
  <div class="field">
    <label for=${id}>${title}${required ? html` <span class="quiet">(required)</span>` : nothing}</label>
    ${input}
    ${help ? html`<small id="${id}-help">${help}</small>` : nothing}
    ${error ? html`<small id="${id}-error" class="wrong">${error}</small>` : nothing}
  </div>`;

function control(id, schema, value, error, help, set) {
  const choices = choicesOf(schema);
  const described = `${error ? `${id}-error` : ''} ${help ? `${id}-help` : ''}`.trim() || nothing;
  const invalid = error ? 'true' : nothing;
  if (choices) {
    return html`
      <select id=${id} aria-describedby=${described} aria-invalid=${invalid} @change=${(event) => set(event.target.value)}>
        ${choices.map(([code, word]) => html`<option value=${code} .selected=${String(value) === code}>${word}</option>`)}
      </select>`;
  }
  if (types(schema).includes('object')) {
    return html`
      <textarea id=${id} rows="2" .value=${live(lines(value))} aria-describedby=${described} aria-invalid=${invalid}
        spellcheck="false" autocapitalize="none" @input=${(event) => set(event.target.value)}></textarea>`;
  }
  const type = schema.format === 'password' ? 'password' : types(schema).includes('integer') ? 'number' : 'text';
  return html`
    <input id=${id} type=${type} .value=${live(String(value))} aria-describedby=${described} aria-invalid=${invalid}
      autocomplete=${type === 'password' ? 'new-password' : 'off'} spellcheck="false" autocapitalize="none"
      min=${schema.minimum ?? nothing} max=${schema.maximum ?? nothing} maxlength=${schema.maxLength ?? nothing}
      @input=${(event) => set(event.target.value)}>`;
}

const types = (schema) => [schema.type].flat();

/** Names and their values as text, one pair a line; what is being typed stays as it is. */
const lines = (value) =>
  (typeof value === 'string' ? value : Object.entries(value).map(([name, one]) => `${name}: ${one}`).join('\n'));

/** What such text says. */
function pairs(text) {
  const found = lines(text).split('\n').filter((line) => line.trim()).map((line) => {
    const [name, ...rest] = line.split(':');
    return [name.trim(), rest.join(':').trim()];
  });
  return Object.fromEntries(found);
}

/** The choices of a select; null where the value is free. An empty one lets Caravan decide. */
function choicesOf(schema) {
  const undecided = [['', 'Default']];
  if (schema.oneOf) {
    const choices = schema.oneOf.map((one) => [one.const, one.title]);
    return choices.length === 1 || schema.default ? choices : [['', 'Choose …'], ...choices];
  }
  if (schema.enum) {
    return [...undecided, ...schema.enum.filter(Boolean).map((code) => [code, plain(code)])];
  }
  return types(schema).includes('boolean') ? [...undecided, ['true', 'Yes'], ['false', 'No']] : null;
}

/** The values that are set, in the form's words. */
export const described = (schema, values) => Object.entries(schema.properties)
  .filter(([name]) => isSet(values[name]))
  .map(([name, one]) => {
    const value = types(one).includes('object') ? lines(values[name]) : String(values[name]);
    const chosen = choicesOf(one)?.find(([code]) => code === value);
    return [one.title || plain(name), chosen ? chosen[1] : value];
  });

const isSet = (value) =>
  ![null, undefined, ''].includes(value) && (typeof value !== 'object' || Object.keys(value).length > 0);

/** What a form starts with: the schema's defaults. */
export const defaults = (schema) =>
  Object.fromEntries(Object.entries(schema.properties).filter(([, one]) => one.default).map(([name, one]) => [name, one.default]));

/** The values as the API takes them: nothing for what is empty, numbers and booleans as such. */
export function valuesOf(schema, values) {
  const filled = Object.entries(values).filter(([, value]) => isSet(value));
  return Object.fromEntries(filled.map(([name, value]) => [name, typed(schema.properties[name], value)]));
}

function typed(schema, value) {
  const known = types(schema);
  if (known.includes('boolean')) {
    return String(value) === 'true';
  }
  if (known.includes('object')) {
    return pairs(value);
  }
  return known.includes('integer') ? Number(value) : value;
}
