import { DOCUMENT_TYPES } from '#shared/contracts/verification/document.ts';
import type { Template } from '../../template.ts';
import { DOCUMENT_WORDS } from './document-words.ts';

export const kycExpiring: Template = {
  channel: 'account',
  variables: { document: { oneOf: DOCUMENT_TYPES }, at: 'moment' },
  texts: {
    en: {
      title: 'A document expires soon',
      body: 'Your {document} expires on {at, date, long}. Please give us the new one before then, so that you stay verified.',
      sms: 'Tchat: a document of yours expires on {at, date, medium}. Please give us the new one in the app.',
      words: { document: DOCUMENT_WORDS.en },
    },
    th: {
      title: 'เอกสารใกล้หมดอายุ',
      body: '{document}ของคุณจะหมดอายุวันที่ {at, date, long} โปรดส่งฉบับใหม่ก่อนวันนั้น เพื่อคงสถานะการยืนยันไว้',
      sms: 'Tchat: เอกสารของคุณจะหมดอายุ {at, date, medium} โปรดส่งฉบับใหม่ในแอป',
      words: { document: DOCUMENT_WORDS.th },
    },
    id: {
      title: 'Dokumen Anda segera kedaluwarsa',
      body: 'Masa berlaku {document} Anda berakhir pada {at, date, long}. Mohon kirim yang baru sebelum itu agar Anda tetap terverifikasi.',
      sms: 'Tchat: dokumen Anda berlaku sampai {at, date, medium}. Mohon kirim yang baru di aplikasi.',
      words: { document: DOCUMENT_WORDS.id },
    },
    ms: {
      title: 'Dokumen anda akan tamat tempoh',
      body: 'Tempoh sah {document} anda tamat pada {at, date, long}. Sila beri yang baharu sebelum itu supaya anda kekal disahkan.',
      sms: 'Tchat: dokumen anda tamat tempoh pada {at, date, medium}. Sila beri yang baharu dalam aplikasi.',
      words: { document: DOCUMENT_WORDS.ms },
    },
    fil: {
      title: 'Malapit nang mag-expire ang dokumento mo',
      body: 'Mag-e-expire ang iyong {document} sa {at, date, long}. Ibigay sa amin ang bagong dokumento bago ang petsang iyon para manatili kang verified.',
      sms: 'Tchat: mag-e-expire ang dokumento mo sa {at, date, medium}. Paki-update ito sa app.',
      words: { document: DOCUMENT_WORDS.fil },
    },
    vi: {
      title: 'Giấy tờ sắp hết hạn',
      body: 'Giấy tờ của bạn ({document}) hết hạn ngày {at, date, long}. Vui lòng gửi giấy tờ mới trước ngày đó để vẫn được xác minh.',
      sms: 'Tchat: giay to cua ban het han ngay {at, date, medium}. Vui long gui giay to moi trong ung dung.',
      words: { document: DOCUMENT_WORDS.vi },
    },
  },
};
