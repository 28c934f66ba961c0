import type { RevocationReason } from '#shared/events/auth.ts';
import type { Template } from '../../template.ts';
import { ADVICE } from './advice.ts';

const REASONS = [
  'logged_out',
  'revoked_by_user',
  'too_many_sessions',
  'refresh_token_reused',
  'phone_changed',
  'role_changed',
  'account_suspended',
  'account_deleted',
] as const satisfies readonly RevocationReason[];

export const securitySessionsEnded: Template = {
  channel: 'security',
  variables: { at: 'moment', reason: { oneOf: REASONS } },
  texts: {
    en: {
      title: 'You were logged out',
      body: '{reason, select, refresh_token_reused {To be safe, we logged you out on {at, date, long} at {at, time, short}: your login was used in two places.} too_many_sessions {Your oldest device was logged out on {at, date, long} at {at, time, short}, because you logged in on another one.} phone_changed {Your devices were logged out on {at, date, long} at {at, time, short}, because your phone number was changed.} other {You were logged out of Tchat on {at, date, long} at {at, time, short}.}}',
      sms: 'Tchat: {reason, select, refresh_token_reused {your login was used in two places, so we logged you out} other {you were logged out}}, {at, date, medium} {at, time, short}.',
      more: ADVICE.en,
    },
    th: {
      title: 'คุณถูกนำออกจากระบบ',
      body: '{reason, select, refresh_token_reused {เพื่อความปลอดภัย เรานำคุณออกจากระบบเมื่อวันที่ {at, date, long} เวลา {at, time, short} น. เพราะมีการใช้งานบัญชีจากสองที่} too_many_sessions {อุปกรณ์เก่าที่สุดของคุณถูกนำออกจากระบบเมื่อวันที่ {at, date, long} เวลา {at, time, short} น. เพราะคุณเข้าสู่ระบบบนอุปกรณ์อื่น} phone_changed {อุปกรณ์ของคุณถูกนำออกจากระบบเมื่อวันที่ {at, date, long} เวลา {at, time, short} น. เพราะมีการเปลี่ยนหมายเลขโทรศัพท์} other {คุณถูกนำออกจากระบบ Tchat เมื่อวันที่ {at, date, long} เวลา {at, time, short} น.}}',
      sms: 'Tchat: {reason, select, refresh_token_reused {มีการใช้บัญชีจากสองที่ เราจึงนำคุณออกจากระบบ} other {คุณถูกนำออกจากระบบ}} {at, date, medium} {at, time, short} น.',
      more: ADVICE.th,
    },
    id: {
      title: 'Sesi Anda telah diakhiri',
      body: '{reason, select, refresh_token_reused {Demi keamanan, kami mengakhiri sesi Anda pada {at, date, long} pukul {at, time, short}: login Anda dipakai di dua tempat.} too_many_sessions {Sesi di perangkat terlama Anda diakhiri pada {at, date, long} pukul {at, time, short}, karena Anda masuk di perangkat lain.} phone_changed {Sesi di perangkat Anda diakhiri pada {at, date, long} pukul {at, time, short}, karena nomor ponsel Anda diganti.} other {Sesi Tchat Anda diakhiri pada {at, date, long} pukul {at, time, short}.}}',
      sms: 'Tchat: {reason, select, refresh_token_reused {login Anda dipakai di dua tempat, jadi kami mengakhiri sesi Anda} other {sesi Anda telah diakhiri}}, {at, date, medium} {at, time, short}.',
      more: ADVICE.id,
    },
    ms: {
      title: 'Anda telah dilog keluar',
      body: '{reason, select, refresh_token_reused {Demi keselamatan, kami telah melog keluar akaun anda pada {at, date, long}, {at, time, short}: log masuk anda digunakan di dua tempat.} too_many_sessions {Peranti terlama anda dilog keluar pada {at, date, long}, {at, time, short}, kerana anda log masuk pada peranti lain.} phone_changed {Peranti anda dilog keluar pada {at, date, long}, {at, time, short}, kerana nombor telefon anda ditukar.} other {Anda dilog keluar daripada Tchat pada {at, date, long}, {at, time, short}.}}',
      sms: 'Tchat: {reason, select, refresh_token_reused {log masuk anda digunakan di dua tempat, jadi akaun anda dilog keluar} other {anda telah dilog keluar}}, {at, date, medium} {at, time, short}.',
      more: ADVICE.ms,
    },
    fil: {
      title: 'Na-log out ka',
      body: '{reason, select, refresh_token_reused {Para sa iyong seguridad, na-log out ka namin noong {at, date, long}, {at, time, short}: ginamit ang iyong login sa dalawang lugar.} too_many_sessions {Na-log out ang pinakaluma mong device noong {at, date, long}, {at, time, short}, dahil nag-log in ka sa iba.} phone_changed {Na-log out ang mga device mo noong {at, date, long}, {at, time, short}, dahil pinalitan ang iyong phone number.} other {Na-log out ka sa Tchat noong {at, date, long}, {at, time, short}.}}',
      sms: 'Tchat: {reason, select, refresh_token_reused {ginamit ang iyong login sa dalawang lugar, kaya na-log out ka namin} other {na-log out ka}}, {at, date, medium} {at, time, short}.',
      more: ADVICE.fil,
    },
    vi: {
      title: 'Bạn đã bị đăng xuất',
      body: '{reason, select, refresh_token_reused {Để an toàn, chúng tôi đã đăng xuất bạn lúc {at, time, short} ngày {at, date, long}: phiên đăng nhập của bạn được dùng ở hai nơi.} too_many_sessions {Thiết bị cũ nhất của bạn bị đăng xuất lúc {at, time, short} ngày {at, date, long}, vì bạn đăng nhập trên thiết bị khác.} phone_changed {Các thiết bị của bạn bị đăng xuất lúc {at, time, short} ngày {at, date, long}, vì số điện thoại đã được đổi.} other {Bạn đã bị đăng xuất khỏi Tchat lúc {at, time, short} ngày {at, date, long}.}}',
      sms: 'Tchat: {reason, select, refresh_token_reused {phien dang nhap bi dung o hai noi nen chung toi da dang xuat ban} other {ban da bi dang xuat}}, {at, time, short}, {at, date, medium}.',
      more: ADVICE.vi,
    },
  },
};
