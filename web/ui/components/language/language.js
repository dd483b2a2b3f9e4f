/** Says to the browser, and to what reads pages aloud, which language the page is in: Streamlit's own page says 'en'. */
export default function ({ data }) {
  document.documentElement.lang = data.language;
  return () => {
    document.documentElement.lang = "en";
  };
}
