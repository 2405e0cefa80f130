export { interpret, queries } from '../../../../src/rotators/kv-value/observe.js';
