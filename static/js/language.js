// The language of the page with the order of its dates, as the server writes them: "23 Nov 2026".

const { lang } = document.documentElement;

export const LANGUAGE = lang === "en" ? "en-GB" : lang;
