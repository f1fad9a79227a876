// Patterns for areas, so that they differ in more than hue. One hidden drawing per page; charts fill with `url(#hatch)`.

import { trusted } from './markup.ts';

/** `hatch`, `dots`, `cross`, `chaos`, `incident`: tints with strokes of the ink that their class in the style gives them. */
export const PATTERNS =
  trusted(`<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="hatch" class="p-2" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" class="p-tint"/><rect width="2.5" height="7" class="p-ink"/></pattern>
<pattern id="dots" class="p-3" width="7" height="7" patternUnits="userSpaceOnUse"><rect width="7" height="7" class="p-tint"/><circle cx="3.5" cy="3.5" r="1.6" class="p-ink"/></pattern>
<pattern id="cross" class="p-4" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" class="p-tint"/><rect width="2.5" height="8" class="p-ink"/><rect width="8" height="2.5" class="p-ink"/></pattern>
<pattern id="lines" class="p-5" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="p-tint"/><rect width="6" height="1.6" class="p-ink"/></pattern>
<pattern id="chaos" class="p-chaos" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="9" height="9" class="p-tint"/><rect width="1.5" height="9" class="p-ink"/></pattern>
<pattern id="incident" class="p-incident" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="9" height="9" class="p-tint"/><rect width="3" height="9" class="p-ink"/></pattern>
</defs></svg>`);
