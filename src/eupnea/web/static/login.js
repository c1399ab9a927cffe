// Exchanges the password for a cookie that scripts cannot read.
const form = document.getElementById("login");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = document.getElementById("token").value;
  const answer = await fetch("/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  if (answer.ok) location.replace("/");
  else form.querySelector(".problem").hidden = false;
});
