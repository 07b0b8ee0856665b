// Hands the response of a login to the page that began it, and closes this window. A channel reaches that page also if an identity
// provider has cut the windows apart (Cross-Origin-Opener-Policy), which takes away window.opener.
"use strict";

const channel = new BroadcastChannel("steelyard login");
const state = new URLSearchParams(location.search).get("state");
const note = document.getElementById("note");

channel.onmessage = ({ data }) => {
  if (data.taken !== state) return;
  note.textContent = "You can close this window.";
  window.close();
};
channel.postMessage({ response: location.search });
// The history of the browser keeps no code.
history.replaceState(null, "", location.pathname);
setTimeout(() => {
  if (note.textContent === "") note.textContent = "The page that began this login is closed. Close this window as well, and begin again.";
}, 3000);
