// Reports as HTML. Not part of reports/index.ts: what draws them takes a moment to load, which other reports need not wait.

export { renderGalleryHtml } from './gallery-page.ts';
export { renderRunHtml } from './run-page.ts';
