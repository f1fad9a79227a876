// Prints what pages come to, one line each: CI compares them between versions of Node.

import { createHash } from 'node:crypto';
import { renderGalleryHtml, renderRunHtml } from '../../../reports/html/index.ts';
import { ALL } from './records.ts';

const pages = { ...ALL, 'a gallery': undefined };
for (const [name, record] of Object.entries(pages)) {
  const page = record === undefined ? renderGalleryHtml(Object.values(ALL)) : renderRunHtml(record);
  console.log(createHash('sha256').update(page).digest('hex'), name);
}
