//! What the user agent reads of pages, good ones and bad ones, and what it sends.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::{Duration, Instant};

use http::header::{COOKIE, ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rstest::rstest;
use url::Url;

use super::*;

const CONSENT: &str = r#"<title>Secret title</title><style>p { color: red }</style>
    <p>The client <b>Editor</b> asks for
       read&amp;write</p>
    <form method="POST" action="/consent">
      <input type="hidden" name="csrf" value="a&quot;b">
      <button name="action" value="yes" type="submit">Allow <i>it</i></button>
      <button name="action" value="no">Deny</button>
    </form><script>document.write("<p>more</p>")</script>"#;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn shown(entries: &[(String, String)]) -> String {
    entries.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

#[test]
fn a_page_is_what_a_user_reads() {
    let page = Page::read(CONSENT);
    assert_eq!(page.text, "The client Editor asks for read&write Allow it Deny");
    assert_eq!(page.title, "Secret title");
}

#[test]
fn words_end_where_blocks_do_and_not_where_marks_do() {
    let page = Page::read(
        "<p>mcp<wbr>:<b>read</b><br>one<div>two</div><table><tr><td>three<td>four</table><noscript>no</noscript>",
    );
    assert_eq!(page.text, "mcp:read one two three four");
}

#[test]
fn a_form_is_sent_by_the_button_that_is_pressed() {
    let page = Page::read(CONSENT);
    let (form, button) = page.button("allow it").unwrap();
    assert_eq!((form.action.as_deref(), form.is_post), (Some("/consent"), true));
    assert_eq!(shown(&form.entries(Some(button.id), &[])), "csrf=a\"b&action=yes");
    assert!(page.button("nothing of the kind").is_none());
}

#[test]
fn reads_hidden_fields_and_the_pressed_button_of_a_form() {
    let page = Page::read(
        r#"<!doctype html><title>Sign in</title>
        <form method="POST" action="/login?client_id=a&amp;state=b">
          <input type="hidden" name="_csrf" value="x&quot;y"><input type=hidden name=cognitoAsfData>
          <input name="username"><input name=password type=password><input name="">
          <input type="checkbox" name="show"><input type="checkbox" name="keep" checked>
          <button type="button" name="back">Back</button>
          <input type="submit" name="signInSubmitButton" value="Sign in"><button name="other">Other</button>
        </form>"#,
    );

    let form = &page.forms[0];
    let typed = [(form.controls[2].id, "alice"), (form.controls[3].id, "secret")];
    let entries = form.entries(form.first_button().map(|button| button.id), &typed);
    assert_eq!(form.action.as_deref(), Some("/login?client_id=a&state=b"));
    assert!(form.is_post && form.controls[2].is_field() && form.controls[3].is_field());
    assert_eq!(
        shown(&entries),
        "_csrf=x\"y&cognitoAsfData=&username=alice&password=secret&keep=on&signInSubmitButton=Sign in"
    );
}

#[test]
fn sends_lists_and_texts_and_what_stands_elsewhere_in_the_page() {
    let page = Page::read(
        "<input form=f name=before value=1><form id=f><select name=tenant><option>a<option value=B selected>b</select>\
         <select name=first><option disabled>x<option> y <option>z</select><select name=none multiple><option>n</select>\
         <textarea name=note>\ntwo\nlines</textarea><input name=other form=g><input name=off disabled></form>",
    );
    assert_eq!(shown(&page.forms[0].entries(None, &[])), "before=1&tenant=B&first=y&note=two\nlines");
}

#[test]
fn reads_what_the_page_calls_its_controls() {
    let page = Page::read(
        "<label for=p>Your <b>password</b></label><form><label>User <input name=u></label><input id=p>\
         <label>Once <input placeholder=first><input></label><button>Sign <i>in</i></button></form>",
    );
    let names: Vec<_> = page.forms[0].controls.iter().map(|control| control.names.join("|")).collect();
    assert_eq!(names, ["User", "Your password", "Once|first", "", "Sign in|"]);
}

#[test]
fn a_login_is_a_form_that_asks_for_a_password() {
    let html =
        "<form><input name=user><input name=kept value=1><input type=password name=pass><input type=submit></form>";
    let page = Page::read(html);
    let form = page.password_form().unwrap();
    let asks: Vec<_> = form.controls.iter().map(|one| (one.asks_for_text(), one.asks_for_password())).collect();
    assert_eq!(asks, [(true, false), (false, false), (false, true), (false, false)]);
    assert!(Page::read(CONSENT).password_form().is_none());
}

#[test]
fn finds_texts_and_links() {
    let page = Page::read(
        "<div role=alert><div>one</div> two</div> three<p role=alert hidden>No</p><noscript><p role=alert>No</p></noscript>\
         <a href='/forgot'>Forgot <b>it</b></a><a>nowhere</a>",
    );
    let alerts = Selector::parse("[role=alert]:not([hidden])").unwrap();
    assert_eq!(page.texts(&alerts), ["one two"]);
    assert_eq!(page.links, [Link { href: "/forgot".to_owned(), text: "Forgot it".to_owned() }]);
}

#[rstest]
#[case::in_a_table("<table><form method=post><tr><td><input name=a></td></tr><tr><td><input name=b></form></table>")]
#[case::never_closed("<form><input name=a><p><input name=b>")]
#[case::closed_by_its_parent("<div><form><input name=a></div><input name=b></form>")]
#[case::nested("<form><input name=a><form><input name=b></form>")]
#[case::misnested("<form><b><p><input name=a></b><input name=b></p></form>")]
#[case::declared_shadow(
    "<div><template shadowrootmode=open><form><input name=a><input name=b></form></template></div>"
)]
fn finds_the_fields_of_a_form_in_broken_markup(#[case] html: &str) {
    let page = Page::read(html);
    let names: Vec<_> = page.forms.iter().map(|form| shown(&form.entries(None, &[]))).collect();
    assert_eq!(names, ["a=&b="]);
}

#[rstest]
#[case::script("<script>document.write('<form><input name=username></form>')</script>")]
#[case::comment("<!-- <form><input name=username></form> -->")]
#[case::template("<template><form><input name=username></form></template>")]
#[case::not_html("{\"error\":\"nope\"}")]
#[case::broken("<form <input name=username <<<>>> </form")]
#[case::bytes("\u{0}\u{fffd}<\u{0}form\u{0}>")]
#[case::empty("")]
fn finds_no_form_where_there_is_none(#[case] html: &str) {
    assert!(Page::read(html).forms.iter().all(|form| form.controls.is_empty()));
}

/// Pages whose author means to keep a reader busy. An optimized build needs a tenth of the time.
#[rstest]
#[case::deep("<div>".repeat(200_000))]
#[case::deep_marks((0..60_000).map(|number| format!("<b a={number}>")).collect())]
#[case::reopened_marks((0..400).map(|number| format!("<b a={number}>")).collect::<String>() + &"<p>x".repeat(200_000))]
#[case::reopened_by_each_paragraph((0..50_000).map(|number| format!("<p><b a={number}>x")).collect())]
#[case::closing_what_is_not_open("<a>".to_owned() + &"<div>".repeat(500) + &"</a></b>".repeat(100_000))]
#[case::tables("<table><tr><td>".repeat(60_000))]
#[case::out_of_tables("<table><a>x".repeat(90_000))]
#[case::templates("<template>".repeat(90_000))]
#[case::selects("<select><option>".repeat(60_000))]
#[case::labels("<label>".repeat(100_000) + &"<input>".repeat(20_000))]
#[case::long_labels(format!("<form>{}<input>", format!("<label>{}", "x".repeat(2_000)).repeat(400)))]
#[case::buttons("<form>".to_owned() + &"<button><object>".repeat(60_000))]
#[case::forms("<form></form>".repeat(80_000))]
#[case::fields("<form>".to_owned() + &"<input name=a value=b>".repeat(50_000))]
#[case::attributes(format!("<form><input{}>", (0..150_000).map(|number| format!(" a{number}")).collect::<String>()))]
#[case::bodies((0..60_000).map(|number| format!("<body a{number}>")).collect())]
#[case::text("word ".repeat(2_000_000))]
#[case::one_value(format!("<input value='{}'>", "x".repeat(10_000_000)))]
#[case::entities("&lt;&notit;&#x10ffff;&#xd800;".repeat(50_000))]
#[case::comments("<!---->".repeat(150_000))]
#[case::svg("<svg><foreignObject><math><mi>".repeat(40_000))]
#[case::framesets("<frameset>".repeat(100_000))]
#[case::plaintext("<plaintext>".repeat(90_000))]
#[case::unfinished("<!doctype".repeat(100_000))]
fn reads_a_hostile_page_in_no_time(#[case] html: String) {
    let began = Instant::now();

    let page = Page::read(&html);
    let controls: usize = page.forms.iter().map(|form| form.controls.len()).sum();
    let _ = page.texts(&Selector::parse("[role=alert]:not([hidden], [hidden] *)").unwrap());

    assert!(page.text.len() <= PAGE_LIMIT && controls <= 50_000);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?} for {:.40}", began.elapsed(), html);
}

/// Markup of which a parser may not have thought: parts of pages in any order.
#[test]
fn reads_whatever_is_thrown_together() {
    const PARTS: &[&str] = &[
        "<form>",
        "</form>",
        "<form id=f action='//x:y'>",
        "<input name=a>",
        "<input type=hidden value=",
        "<button>",
        "</button>",
        "<select>",
        "</select>",
        "<option>",
        "<optgroup>",
        "<hr>",
        "<textarea>",
        "</textarea>",
        "<label>",
        "<label for=f>",
        "</label>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<caption>",
        "<colgroup>",
        "<col>",
        "<tbody>",
        "<template>",
        "<template shadowrootmode=open>",
        "</template>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href=x>",
        "</a>",
        "<p>",
        "</p>",
        "<div role=alert>",
        "</div>",
        "<li>",
        "<ul>",
        "</ul>",
        "<svg>",
        "</svg>",
        "<math>",
        "<annotation-xml encoding='text/html'>",
        "<foreignObject>",
        "<desc>",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<noscript>",
        "</noscript>",
        "<head>",
        "</head>",
        "<body>",
        "</body>",
        "<html>",
        "</html>",
        "<frameset>",
        "<frame>",
        "</frameset>",
        "<!doctype html>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?php",
        "?>",
        "<br>",
        "</br>",
        "<object>",
        "</object>",
        "<marquee>",
        "<nobr>",
        "<ruby>",
        "<rt>",
        "<h1>",
        "</h2>",
        "<plaintext>",
        "<xmp>",
        "<iframe>",
        "</iframe>",
        "<image>",
        "<isindex>",
        "<dialog>",
        "<center>",
        "&amp",
        "&#0;",
        "&#x110000;",
        "\0",
        "<",
        ">",
        "\"",
        "'",
        "=",
        "/",
        " ",
        "text",
        "é",
        "\u{fffd}",
        "\r\n",
        "</>",
        "<//",
        "<a/b c",
        "<selectedcontent>",
    ];
    let mut random = StdRng::seed_from_u64(20_261_130);
    for _ in 0..3_000 {
        let count = random.random_range(1..60);
        let html: String = (0..count).map(|_| PARTS[random.random_range(0..PARTS.len())]).collect();
        let page = Page::read(&html);
        for form in &page.forms {
            let _ = form.entries(form.first_button().map(|button| button.id), &[]);
            let _ = form.target(&url("https://as.example/login"));
        }
    }
}

fn with_cookies() -> (UserAgent, Url) {
    let set = [
        "none=1; Secure; SameSite=None",
        "lax=1; SameSite=Lax",
        "strict=1; SameSite=Strict",
        "__Host-a=1; Secure; Path=/",
    ];
    let headers: HeaderMap = set.iter().map(|one| (SET_COOKIE, HeaderValue::from_static(one))).collect();
    let mut agent = UserAgent::default();
    agent.take(&url("http://localhost:1/"), &headers);
    (agent, url("http://localhost:1/consent"))
}

#[rstest]
#[case(Site::Nowhere, 4)]
#[case(Site::Returning, 3)]
#[case(Site::Foreign, 2)]
fn cookies_stay_behind_when_another_site_asks(#[case] from: Site, #[case] expected: usize) {
    let (agent, url) = with_cookies();
    let request = agent.open(&url, from);
    assert_eq!(request.headers[COOKIE].to_str().unwrap().split("; ").count(), expected);
}

#[test]
fn a_cookie_can_be_left_out_or_changed() {
    let (agent, url) = with_cookies();
    assert!(!agent.without("lax").cookies(&url).iter().any(|(name, _)| name == "lax"));
    assert!(agent.with(&url, "lax", "2").cookies(&url).contains(&("lax".to_owned(), "2".to_owned())));
}

#[rstest]
#[case::same("/consent", Site::Same, "https://as.example", Some("same-origin"))]
#[case::another_port("https://as.example:1/", Site::Same, "https://as.example", Some("same-site"))]
#[case::another_host("https://login.example/", Site::Same, "https://as.example", None)]
#[case::of_another_site("/consent", Site::Foreign, "https://evil.example", Some("cross-site"))]
fn a_form_says_of_which_page_it_is(
    #[case] action: &str,
    #[case] from: Site,
    #[case] origin: &str,
    #[case] relation: Option<&str>,
) {
    let page = Page::read(&format!("<form method=post action='{action}'><input name=a></form>"));
    let at = url("https://as.example/page");
    let request = UserAgent::default().press(&at, &page.forms[0], None, from).unwrap();
    let header = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!((request.method, request.body.as_str()), (Method::POST, "a="));
    assert_eq!((header(ORIGIN.as_str()), header("sec-fetch-site")), (Some(origin), relation));
}

#[rstest]
#[case("<form action='http://['>", FormError::Action)]
#[case("<form method=post enctype=multipart/form-data>", FormError::Encoding)]
fn a_form_that_cannot_be_sent_is_not(#[case] html: &str, #[case] expected: FormError) {
    let page = Page::read(html);
    let sent = UserAgent::default().press(&url("https://as.example/"), &page.forms[0], None, Site::Same);
    assert_eq!(sent.unwrap_err(), expected);
}

#[test]
fn types_what_its_user_knows_where_it_is_asked_for() {
    let html = "<form><input name=a value=1><input name=user><input type=password name=pass></form>";
    let user = UserCredentials { username: "alice".to_owned(), password: "secret".to_owned().into() };
    let request =
        UserAgent::of(user).press(&url("https://as.example/?b=2"), &Page::read(html).forms[0], None, Site::Same);
    assert_eq!(request.unwrap().url.as_str(), "https://as.example/?a=1&user=alice&pass=secret");
}
