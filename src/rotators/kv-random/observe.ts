export { interpret, queries } from '../kv-value/observe.js';
