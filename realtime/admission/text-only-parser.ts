import * as parser from 'socket.io-parser';

/** As in the protocol: the first character of a packet that announces binary attachments. */
const BINARY_EVENT = '5';
const BINARY_ACK = '6';

/** Socket.IO's parser without its binary half. What it throws closes the connection. */
class TextOnlyDecoder extends parser.Decoder {
  override add(packet: unknown): void {
    if (typeof packet !== 'string') throw new Error('binary frames are not taken');
    const type = packet.charAt(0);
    if (type === BINARY_EVENT || type === BINARY_ACK) throw new Error('binary attachments are not taken');
    super.add(packet);
  }
}

/** For Socket.IO's `parser` option: no event of the contract is binary, so nobody may make us collect attachments. */
export const textOnlyParser = { ...parser, Decoder: TextOnlyDecoder };
