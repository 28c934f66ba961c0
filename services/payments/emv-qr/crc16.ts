const POLYNOMIAL = 0x1021;

/** CRC-16/CCITT-FALSE over UTF-8: polynomial 1021, start FFFF, nothing reflected. That of `123456789` is 29B1. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? POLYNOMIAL : 0)) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
