// The OpenAPI 3.1 document of all endpoints.

import type { ApiApp } from './endpoint.ts';

const DESCRIPTION =
  'Sagas over HTTP: begin one, watch it, stop it, try it again. Every error is a problem (RFC 9457) with a stable code, ' +
  'one sentence, and a hint. With tokens: GET needs the role read, POST and PUT operate, DELETE and /api/admin admin.';

const documents = new WeakMap<ApiApp, object>();

/** The document, made once. @param version of the program */
export function openApiDocument(app: ApiApp, version: string): object {
  const known = documents.get(app);
  if (known !== undefined) return known;
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  const info = { title: 'sagastorm', version, description: DESCRIPTION };
  const document = app.getOpenAPI31Document({ openapi: '3.1.0', info });
  documents.set(app, document);
  return document;
}
