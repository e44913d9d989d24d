document.getElementById("show-password")?.addEventListener("change", (event) => {
  document.querySelector("input[name=password]").type = event.target.checked ? "text" : "password";
});
