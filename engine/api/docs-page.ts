// The API for people to read: made from its OpenAPI document, so that it says the same.

import { z } from '@hono/zod-openapi';
import { escaped, type Page } from './page.ts';

/** What the page reads of the document. */
const Document = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string().default('') }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()).default({}) }).default({ schemas: {} }),
});

const Operation = z.object({
  summary: z.string().default(''),
  description: z.string().default(''),
  'x-role': z.string().default(''),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        schema: z.object({ description: z.string().default('') }).default({ description: '' }),
        description: z.string().optional(),
      }),
    )
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string(),
      content: z.record(z.string(), z.object({ schema: z.unknown() })).optional(),
    }),
  ),
});

/** @param document OpenAPI 3.1 */
export function docsPage(document: unknown): Page {
  const { info, paths, components } = Document.parse(document);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      operationHtml(method, path, Operation.parse(operation)),
    ),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<h3 id="${escaped(name)}">${escaped(name)}</h3>\n${scrolled(`Schema ${name}`, JSON.stringify(schema, undefined, 2))}`,
  );
  const body = `<h1>${escaped(info.title)}</h1>
<p class="dim">Version ${escaped(info.version)} · <a href="/">status</a> · <a href="/openapi.json">OpenAPI 3.1</a></p>
<p>${escaped(info.description)}</p>
<h2>Endpoints</h2>
${operations.join('\n')}
<h2>Schemas</h2>
${schemas.join('\n')}`;
  return { title: info.title, body };
}

/** Lines that may be too long for the page: the keyboard reaches them, to scroll. */
function scrolled(name: string, text: string): string {
  return `<pre role="region" aria-label="${escaped(name)}" tabindex="0">${escaped(text)}</pre>`;
}

function operationHtml(method: string, path: string, operation: z.output<typeof Operation>): string {
  const { summary, description, parameters, requestBody, responses } = operation;
  const role = operation['x-role'];
  const given = parameters.map((one) => {
    const text = one.description ?? one.schema.description;
    return `<li><code>${escaped(one.name)}</code> (${escaped(one.in)}${one.required ? '' : ', optional'}) ${escaped(text)}</li>`;
  });
  const body = Object.values(requestBody?.content ?? {}).map(
    ({ schema }) => `<li>body ${schemaHtml(schema)}</li>`,
  );
  const answers = Object.entries(responses).map(([status, { description: what, content = {} }]) => {
    const [kind] = Object.values(content);
    return `<li><code>${escaped(status)}</code> ${escaped(what)} ${kind === undefined ? '' : schemaHtml(kind.schema)}</li>`;
  });
  return `<h3><span class="verb">${escaped(method.toUpperCase())}</span><code>${escaped(path)}</code></h3>
<p>${escaped(summary)}. ${escaped(description)} <span class="dim">Role: ${escaped(role)}.</span></p>
<ul>${[...given, ...body, ...answers].join('')}</ul>`;
}

function schemaHtml(schema: unknown): string {
  const ref = z.object({ $ref: z.string() }).safeParse(schema);
  if (!ref.success) return '';
  const name = escaped(ref.data.$ref.replace('#/components/schemas/', ''));
  return `<a href="#${name}"><code>${name}</code></a>`;
}
