// What every page has. All of it works on without: links are links, filters are forms.
import './bulk.js';
import './follow.js';
import './forms.js';
import './keys.js';
import './live.js';
import './log.js';
import './row-menu.js';
import './save.js';
import './shown-once.js';
import './toast.js';
import './two-step.js';
import './times.js';
import './theme.js';
import './zone.js';
import './palette.js';
