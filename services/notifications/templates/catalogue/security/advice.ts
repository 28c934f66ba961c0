import type { Locale } from '#shared/regions.ts';

/** What someone does who did not do what they are told of; the end of every security e-mail. */
export const ADVICE: Readonly<Record<Locale, string>> = {
  en: 'If this was not you, open Tchat now, end all sessions under Settings > Security and change your PIN. We never ask for your PIN or for a code.',
  th: 'หากคุณไม่ได้ทำรายการนี้ โปรดเปิด Tchat ทันที ออกจากระบบทุกอุปกรณ์ที่เมนู การตั้งค่า > ความปลอดภัย และเปลี่ยน PIN เราไม่เคยขอ PIN หรือรหัสยืนยันจากคุณ',
  id: 'Jika ini bukan Anda, segera buka Tchat, akhiri semua sesi melalui Pengaturan > Keamanan, lalu ganti PIN Anda. Kami tidak pernah meminta PIN atau kode Anda.',
  ms: 'Jika ini bukan anda, buka Tchat sekarang, tamatkan semua sesi di Tetapan > Keselamatan dan tukar PIN anda. Kami tidak pernah meminta PIN atau kod anda.',
  fil: 'Kung hindi ikaw ito, buksan agad ang Tchat, tapusin ang lahat ng session sa Settings > Security, at palitan ang iyong PIN. Hindi namin kailanman hinihingi ang iyong PIN o code.',
  vi: 'Nếu không phải bạn thực hiện, hãy mở Tchat ngay, đăng xuất mọi thiết bị tại Cài đặt > Bảo mật và đổi mã PIN. Chúng tôi không bao giờ hỏi mã PIN hoặc mã xác thực của bạn.',
};
