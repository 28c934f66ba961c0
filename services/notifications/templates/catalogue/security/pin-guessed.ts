import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

/** Someone with the number, but with none of its owner's devices, has guessed at the PIN until such guesses were stopped. */
export const securityPinGuessed: Template = {
  channel: 'security',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Someone tried to guess your PIN',
      body: 'From a new device a wrong PIN was entered several times, the last on {at, date, long} at {at, time, short}. We have stopped such tries for an hour. On your own devices your PIN works as before.',
      sms: 'Tchat: someone tried to guess your PIN on a new device, {at, date, medium} {at, time, short}. We have stopped it for an hour.',
      more: ADVICE.en,
    },
    th: {
      title: 'มีคนพยายามเดา PIN ของคุณ',
      body: 'มีการใส่ PIN ผิดหลายครั้งจากอุปกรณ์ใหม่ ครั้งล่าสุดวันที่ {at, date, long} เวลา {at, time, short} น. เราหยุดการลองแบบนี้ไว้ 1 ชั่วโมง บนอุปกรณ์ของคุณเองยังใช้ PIN ได้ตามเดิม',
      sms: 'Tchat: มีคนพยายามเดา PIN ของคุณจากอุปกรณ์ใหม่ {at, date, medium} {at, time, short} น. เราหยุดไว้ 1 ชั่วโมง',
      more: ADVICE.th,
    },
    id: {
      title: 'Seseorang mencoba menebak PIN Anda',
      body: 'PIN yang salah dimasukkan beberapa kali dari perangkat baru, terakhir pada {at, date, long} pukul {at, time, short}. Percobaan seperti itu kami hentikan selama satu jam. Di perangkat Anda sendiri PIN tetap berlaku.',
      sms: 'Tchat: seseorang mencoba menebak PIN Anda dari perangkat baru, {at, date, medium} {at, time, short}. Kami hentikan selama satu jam.',
      more: ADVICE.id,
    },
    ms: {
      title: 'Seseorang cuba meneka PIN anda',
      body: 'PIN yang salah dimasukkan beberapa kali daripada peranti baharu, kali terakhir pada {at, date, long}, {at, time, short}. Cubaan sebegitu kami hentikan selama sejam. Pada peranti anda sendiri PIN masih berfungsi.',
      sms: 'Tchat: seseorang cuba meneka PIN anda daripada peranti baharu, {at, date, medium} {at, time, short}. Kami hentikan selama sejam.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'May sumubok na hulaan ang iyong PIN',
      body: 'Ilang beses na mali ang inilagay na PIN mula sa bagong device, ang huli noong {at, date, long}, {at, time, short}. Itinigil namin ang ganitong pagsubok nang isang oras. Gumagana pa rin ang PIN sa sarili mong mga device.',
      sms: 'Tchat: may sumubok na hulaan ang iyong PIN sa bagong device, {at, date, medium} {at, time, short}. Itinigil namin nang isang oras.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Có người thử đoán mã PIN của bạn',
      body: 'Mã PIN đã bị nhập sai nhiều lần từ một thiết bị mới, lần cuối lúc {at, time, short} ngày {at, date, long}. Chúng tôi đã chặn các lần thử như vậy trong một giờ. Trên thiết bị của bạn, mã PIN vẫn dùng được như trước.',
      sms: 'Tchat: co nguoi thu doan ma PIN cua ban tu thiet bi moi, {at, time, short}, {at, date, medium}. Chung toi da chan trong mot gio.',
      more: ADVICE.vi,
    },
  },
};
