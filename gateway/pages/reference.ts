import { ERRORS } from '#shared/errors.ts';
import type { JsonSchema } from '../openapi/schemas.ts';
import type { OpenApiDocument, Operation, Parameter } from '../openapi/document.ts';
import { html, type Html } from '#shared/html.ts';
import { page } from './html.ts';

/** The API reference: the OpenAPI document as one page that needs no script and fits a phone. */
export function referencePage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sections = document.tags.map(({ name, description }) => {
    const calls = operations.filter(({ operation }) => operation.tags.includes(name));
    return html`<h2 id="${name}">${name}</h2>
      <p>${description}</p>
      ${calls.map(({ path, method, operation }) => callOf(path, method, operation))}`;
  });
  return page(
    `${document.info.title} API`,
    html`<h1>${document.info.title} API</h1>
      <p>
        ${document.info.description} Base address <code>${document.servers[0]?.url}</code>; the same as
        <a href="openapi.json">OpenAPI 3.1</a>. Calls take <code>Authorization: Bearer</code> with an access token
        unless they are marked public.
      </p>
      <nav>
        ${document.tags.map(({ name }) => html`<a href="#${name}">${name}</a>`)} <a href="#shapes">shapes</a>
        <a href="#errors">errors</a>
      </nav>
      ${sections}
      <h2 id="shapes">Shapes</h2>
      ${Object.entries(document.components.schemas).map(([name, schema]) => shapeOf(name, schema))}
      <h2 id="errors">Errors</h2>
      <div class="wide">
        <table>
          <tr>
            <th>code</th>
            <th>status</th>
            <th>means</th>
          </tr>
          ${errorRows()}
        </table>
      </div>`,
  );
}

function callOf(path: string, method: string, operation: Operation): Html {
  const open = operation.security.length === 0 ? html` <span class="quiet">public</span>` : undefined;
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return html`<details id="${operation.operationId}">
    <summary><span class="method">${method}</span> <code>${path}</code>${open}<br />${operation.summary}</summary>
    <div>
      ${operation.description === undefined ? undefined : html`<p>${operation.description}</p>`}
      ${parametersOf(operation.parameters)}
      ${
        body === undefined
          ? undefined
          : html`<h4>Body</h4>
              ${schemaOf(body)}`
      }
      ${Object.entries(operation.responses).map(([status, response]) => answerOf(status, response as Answer))}
    </div>
  </details>`;
}

type Answer = { readonly $ref?: string; readonly content?: Readonly<Record<string, { schema: JsonSchema }>> };

function answerOf(status: string, answer: Answer): Html {
  if (answer.$ref !== undefined) return html`<span class="quiet">${status}</span> `;
  const schema = Object.values(answer.content ?? {})[0]?.schema;
  return html`<h4>Answers ${status}</h4>
    ${schema === undefined ? html`<p>without a body</p>` : schemaOf(schema)}`;
}

function parametersOf(parameters: readonly Parameter[]): Html | undefined {
  if (parameters.length === 0) return undefined;
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      html`<tr>
        <td><code>${name}</code></td>
        <td>${place}${required ? '' : ', optional'}</td>
        <td>${typeText(schema)} ${description}</td>
      </tr>`,
  );
  return html`<h4>Parameters</h4>
    <div class="wide">
      <table>
        ${rows}
      </table>
    </div>`;
}

function shapeOf(name: string, schema: JsonSchema): Html {
  return html`<details id="shape-${name}">
    <summary><code>${name}</code></summary>
    <div>${schemaOf(schema)}</div>
  </details>`;
}

/** An object as a table of its fields; anything else as text. */
function schemaOf(schema: JsonSchema): Html {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  if (properties.length === 0) return html`<p>${typeText(schema)}</p>`;
  const required = (schema['required'] ?? []) as string[];
  const rows = properties.map(
    ([name, field]) =>
      html`<tr>
        <td><code>${name}</code>${required.includes(name) ? '' : html` <span class="quiet">optional</span>`}</td>
        <td>${typeText(field)} ${typeof field['description'] === 'string' ? field['description'] : undefined}</td>
      </tr>`,
  );
  return html`<div class="wide">
    <table>
      ${rows}
    </table>
  </div>`;
}

/** A schema in a few words, with links to named ones. */
function typeText(schema: JsonSchema): Html {
  const {
    $ref,
    enum: values,
    const: only,
    type,
    items,
    properties,
    format,
    minLength,
    maxLength,
    minimum,
    maximum,
  } = schema;
  if (typeof $ref === 'string') {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return html`<a href="#shape-${name}">${name}</a>`;
  }
  if (only !== undefined) return html`<code>${JSON.stringify(only)}</code>`;
  if (Array.isArray(values)) return html`one of ${values.map((value) => html`<code>${String(value)}</code>`)}`;
  const choices = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (choices !== undefined)
    return html`${choices.map((choice, place) => html`${place > 0 ? ' or ' : ''}${typeText(choice)}`)}`;
  if (type === 'array') return html`list of ${typeText((items ?? {}) as JsonSchema)}`;
  if (type === 'object' && Object.keys(properties ?? {}).length > 0) return html`object ${schemaOf(schema)}`;
  const bounds = [minLength ?? minimum, maxLength ?? maximum].map((bound) => (typeof bound === 'number' ? bound : ''));
  const range = bounds.some((bound) => bound !== '') ? ` (${bounds.join('…')})` : '';
  const kind =
    typeof format === 'string' ? format : Array.isArray(type) ? type.join(' or ') : ((type as string) ?? 'anything');
  return html`${kind}${range}`;
}

function errorRows(): Html[] {
  return Object.entries(ERRORS).map(
    ([code, { status, title }]) =>
      html`<tr id="${code}">
        <td><code>${code}</code></td>
        <td>${status}</td>
        <td>${title}</td>
      </tr>`,
  );
}
