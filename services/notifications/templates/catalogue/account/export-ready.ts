import type { Template } from '../../template.ts';

/** `at` is until when it can be fetched. */
export const accountExportReady: Template = {
  channel: 'account',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Your data is ready',
      body: 'A copy of your data is ready. You can download it in Tchat until {at, date, long}, {at, time, short}.',
      sms: 'Tchat: a copy of your data is ready. Download it in the app by {at, date, medium}.',
    },
    th: {
      title: 'ข้อมูลของคุณพร้อมแล้ว',
      body: 'สำเนาข้อมูลของคุณพร้อมแล้ว ดาวน์โหลดใน Tchat ได้ถึงวันที่ {at, date, long} เวลา {at, time, short} น.',
      sms: 'Tchat: สำเนาข้อมูลของคุณพร้อมแล้ว ดาวน์โหลดในแอปได้ถึง {at, date, medium}',
    },
    id: {
      title: 'Data Anda sudah siap',
      body: 'Salinan data Anda sudah siap. Anda dapat mengunduhnya di Tchat sampai {at, date, long} pukul {at, time, short}.',
      sms: 'Tchat: salinan data Anda sudah siap. Unduh di aplikasi sampai {at, date, medium}.',
    },
    ms: {
      title: 'Data anda sudah sedia',
      body: 'Salinan data anda sudah sedia. Anda boleh memuat turunnya di Tchat sehingga {at, date, long}, {at, time, short}.',
      sms: 'Tchat: salinan data anda sudah sedia. Muat turun dalam aplikasi sehingga {at, date, medium}.',
    },
    fil: {
      title: 'Handa na ang iyong data',
      body: 'Handa na ang kopya ng iyong data. Mada-download mo ito sa Tchat hanggang {at, date, long}, {at, time, short}.',
      sms: 'Tchat: handa na ang kopya ng iyong data. I-download sa app hanggang {at, date, medium}.',
    },
    vi: {
      title: 'Dữ liệu của bạn đã sẵn sàng',
      body: 'Bản sao dữ liệu của bạn đã sẵn sàng. Bạn có thể tải về trong Tchat đến {at, time, short} ngày {at, date, long}.',
      sms: 'Tchat: ban sao du lieu cua ban da san sang. Tai ve trong ung dung den {at, date, medium}.',
    },
  },
};
