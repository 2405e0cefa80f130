/** What no output may hold: made of parts, with characters that JSON, URLs and base64 write differently. */
export const TOKEN = ['hvs', 'CAESIJtokenTokenTOKEN4711abcdef'].join('.');
export const VALUE = ['sk', 'litellm', 'f00dfacef00dface0123456789"\\ü'].join('-');
export const SECRET_ID = ['secret', 'id', '0815-cafe-0815'].join('-');

/** Between the output of one address and the next. */
export const DIVIDER = '======== next address';
