#!/usr/bin/python3
# A window with nothing in it but WebKitGTK, as the helper's own window is, which WebKitWebDriver may drive. Debian's MiniBrowser has
# a tool bar that is never narrower than 447 pixels, and no option for the size of text.
#
#   browser.py SIZE     the size of text in pixels; 16 is WebKit's own
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, Gtk, WebKit2  # noqa: E402

context = WebKit2.WebContext.new_ephemeral()
context.set_automation_allowed(True)


def view(_session):
    window = Gtk.Window(default_width=440, default_height=600)
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    view.get_settings().set_default_font_size(int(sys.argv[1]))
    window.connect("destroy", Gtk.main_quit)
    window.add(view)
    # Nobody manages windows here: without the keyboard nothing in the page would have the focus.
    window.connect("map-event", lambda window, _event: window.get_window().focus(Gdk.CURRENT_TIME))
    window.show_all()
    return view


context.connect("automation-started", lambda _context, session: session.connect("create-web-view", view))
Gtk.main()
