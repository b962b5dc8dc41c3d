// Shows what the server sends: how many dates there are to keep. Holds nothing, and asks for nothing.
"use strict";

self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : { title: "Amparo", text: "", address: "/reminders/" };
  event.waitUntil(self.registration.showNotification(said.title, { body: said.text, data: said.address, tag: "amparo" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
