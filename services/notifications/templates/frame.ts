import type { Locale } from '#shared/regions.ts';

/** What stands around every e-mail. Plain words; their versions are kept with those of the templates. */
export type Frame = {
  readonly greeting: string;
  readonly closing: string;
  /** Nobody reads what is answered. */
  readonly automatic: string;
  /** Where one chooses what one wants to be told; not said of what cannot be switched off. */
  readonly choices: string;
  readonly unsubscribe: string;
};

export const FRAME: Readonly<Record<Locale, Frame>> = {
  en: {
    greeting: 'Hello,',
    closing: 'The Tchat team',
    automatic: 'This is an automatic message. Please do not reply to it.',
    choices: 'You choose what we write to you about in Tchat, under Settings > Notifications.',
    unsubscribe: 'Unsubscribe',
  },
  th: {
    greeting: 'เรียน ผู้ใช้งาน Tchat',
    closing: 'ทีมงาน Tchat',
    automatic: 'อีเมลนี้ส่งโดยระบบอัตโนมัติ กรุณาอย่าตอบกลับ',
    choices: 'คุณเลือกเรื่องที่ต้องการรับแจ้งได้ใน Tchat ที่เมนู การตั้งค่า > การแจ้งเตือน',
    unsubscribe: 'ยกเลิกการรับอีเมล',
  },
  id: {
    greeting: 'Halo,',
    closing: 'Tim Tchat',
    automatic: 'Email ini dikirim secara otomatis. Mohon tidak membalas email ini.',
    choices: 'Anda dapat memilih pemberitahuan yang ingin diterima di Tchat, melalui Pengaturan > Notifikasi.',
    unsubscribe: 'Berhenti berlangganan',
  },
  ms: {
    greeting: 'Salam sejahtera,',
    closing: 'Pasukan Tchat',
    automatic: 'E-mel ini dihantar secara automatik. Sila jangan balas e-mel ini.',
    choices: 'Anda boleh memilih pemberitahuan yang ingin diterima di Tchat, melalui Tetapan > Pemberitahuan.',
    unsubscribe: 'Berhenti melanggan',
  },
  fil: {
    greeting: 'Kumusta,',
    closing: 'Ang Tchat team',
    automatic: 'Awtomatikong ipinadala ang email na ito. Mangyaring huwag itong sagutin.',
    choices: 'Maaari mong piliin ang mga gusto mong matanggap sa Tchat, sa Settings > Notifications.',
    unsubscribe: 'Mag-unsubscribe',
  },
  vi: {
    greeting: 'Xin chào,',
    closing: 'Đội ngũ Tchat',
    automatic: 'Đây là email tự động. Vui lòng không trả lời email này.',
    choices: 'Bạn có thể chọn loại thông báo muốn nhận trong Tchat, tại Cài đặt > Thông báo.',
    unsubscribe: 'Hủy đăng ký',
  },
};
