//! A mutant at work: the edits of its acts at the four places of the wire, with the tokens and the memory they need.

use super::{Act, Errand, Memory, Mutant};
use crate::wire::{Edit, Exchange, Request, Response};
use secrecy::SecretString;

/// Puts a mutant, if there is one, beside the recorder.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    /// The mutant.
    pub mutant: Option<&'static Mutant>,
    /// A token the subject accepts, handed to it in place of one it ought to refuse.
    pub valid: Option<SecretString>,
    /// A token of another user that the subject accepts.
    pub other: Option<SecretString>,
    /// What it remembers from one exchange to the next.
    pub memory: Memory,
}

impl Mutation {
    fn acts(&self) -> impl Iterator<Item = &'static Act> {
        self.mutant.into_iter().flat_map(|mutant| mutant.acts)
    }

    /// Whether an exchange is one at which any act does something, or remembers something for later.
    pub(super) fn concerns(&self, exchange: &Exchange) -> bool {
        self.acts().any(|act| act.concerns(exchange)) || self.memory.has_received()
    }

    /// What the subject would fetch because of a request that the recorder saw.
    #[must_use]
    pub fn errands(&self, request: &Request) -> Vec<Errand> {
        self.acts().filter_map(|act| act.errand(request)).collect()
    }

    /// What the subject does next by itself, where it ought to have left it at this answer. The client is given the
    /// answer to that instead.
    #[must_use]
    pub fn further(&self, request: &Request, response: &Response) -> Option<Request> {
        self.acts().find_map(|act| act.further(request, response))
    }
}

/// Whether any act changed something; each of them acts.
fn any(changes: impl Iterator<Item = bool>) -> bool {
    changes.fold(false, |any, changed| any | changed)
}

impl Edit for Mutation {
    fn received_request(&self, request: &mut Request) -> bool {
        let recorded = request.clone();
        any(self.acts().map(|act| act.received_request(&recorded, request, self)))
    }

    fn emitted_answer(&self, request: &Request, response: &mut Response) -> bool {
        any(self.acts().map(|act| act.emitted_answer(request, response, self)))
    }

    fn emitted_request(&self, request: &mut Request) -> bool {
        any(self.acts().map(|act| act.emitted_request(request, self)))
    }

    fn received_answer(&self, request: &Request, honest: &Response, answer: &mut Response) -> bool {
        any(self.acts().map(|act| act.received_answer(request, honest, answer, self)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::catalogue::Role;
    use crate::mutation::Change;
    use http::header::{LOCATION, SET_COOKIE};
    use http::{HeaderMap, HeaderValue};

    const REPEATS: Mutant = of(&[Act::Repeat(|request| request.query("state").pop())]);
    const LEAKS: Mutant = of(&[Act::Leak(
        |request, answer| {
            (request.path() == "/token").then(|| answer.json()?["access_token"].as_str().map(str::to_owned))?
        },
        |_, answer, token| answer.body = token.to_owned().into(),
    )]);
    const MISREADS: Mutant =
        of(&[Act::Misread(|_, answer| answer.status == 200, Change::MapJson(|told| told["active"] = true.into()))]);
    const FORWARDS: Mutant = of(&[Act::Forward(
        |request| request.path() == "/data",
        |request, token| request.url = format!("{}?t={token}", request.url),
    )]);
    const GOES_ON: Mutant = of(&[Act::GoOn(|request, answer| {
        (answer.status == 200).then(|| Request::get(request.purpose.clone(), "http://h/next"))
    })]);
    const TAKES: Mutant =
        of(&[Act::Mishear(|_| true, Change::TakeCookie("state", |request| request.query("state").pop()))]);
    const STRIPS: Mutant =
        of(&[Act::Answer(|_, _| true, Change::MapHeader("set-cookie", |cookie| cookie.replace("; HttpOnly", "")))]);

    const fn of(acts: &'static [Act]) -> Mutant {
        Mutant::of(Role::Server, "a mutant", &[], &[], acts)
    }

    fn mutation(mutant: &'static Mutant) -> Mutation {
        Mutation { mutant: Some(mutant), valid: Some("valid".into()), ..Mutation::default() }
    }

    fn get(target: &str) -> Request {
        Request::get("it", format!("http://h{target}"))
    }

    fn answer(status: u16, body: &'static str) -> Response {
        Response { status, headers: HeaderMap::new(), body: body.into(), truncated: false }
    }

    #[test]
    fn what_has_the_same_key_is_answered_the_same() {
        let mutation = mutation(&REPEATS);
        let (mut first, mut other, mut second) = (answer(302, ""), answer(400, "other"), answer(400, "used"));

        assert!(!mutation.emitted_answer(&get("/back?state=1"), &mut first));
        assert!(!mutation.emitted_answer(&get("/back?state=2"), &mut other));
        assert!(mutation.emitted_answer(&get("/back?state=1"), &mut second));

        assert_eq!((first.status, other.status, second.status), (302, 400, 302));
    }

    #[test]
    fn what_was_received_is_given_away_and_nothing_before() {
        let mutation = mutation(&LEAKS);
        let (mut before, mut after) = (answer(200, "before"), answer(200, "after"));
        let token = answer(200, r#"{"access_token":"secret"}"#);

        assert!(!mutation.emitted_answer(&get("/mcp"), &mut before));
        assert!(!mutation.received_answer(&get("/token"), &token, &mut token.clone()));
        assert!(mutation.emitted_answer(&get("/mcp"), &mut after));

        assert_eq!((&before.body[..], &after.body[..]), (&b"before"[..], &b"secret"[..]));
    }

    #[test]
    fn an_answer_is_misread_and_not_changed_for_the_bench() {
        let mutation = mutation(&MISREADS);
        let honest = answer(200, r#"{"active":false}"#);
        let mut received = honest.clone();

        assert!(mutation.received_answer(&get("/introspect"), &honest, &mut received));
        assert!(!mutation.emitted_answer(&get("/introspect"), &mut honest.clone()));

        assert_eq!(received.json().unwrap()["active"], true);
    }

    #[test]
    fn the_clients_token_is_sent_on_where_it_was_chosen() {
        let mutation = mutation(&FORWARDS);
        let (mut there, mut elsewhere) = (get("/data"), get("/other"));

        assert!(mutation.emitted_request(&mut there) && !mutation.emitted_request(&mut elsewhere));

        assert_eq!((there.url.as_str(), elsewhere.url.as_str()), ("http://h/data?t=valid", "http://h/other"));
    }

    #[test]
    fn a_subject_that_does_not_stop_goes_on() {
        let mutation = mutation(&GOES_ON);

        assert_eq!(mutation.further(&get("/"), &answer(200, "")).unwrap().url, "http://h/next");
        assert!(mutation.further(&get("/"), &answer(400, "")).is_none());
    }

    #[test]
    fn a_cookie_is_taken_from_another_part_of_the_request_beside_the_others() {
        let mutation = mutation(&TAKES);
        let mut request = get("/back?state=1").header(http::header::COOKIE, HeaderValue::from_static("a=b; state=2"));

        assert!(mutation.received_request(&mut request));

        assert_eq!((request.cookie("a"), request.cookie("state")), (Some("b".to_owned()), Some("1".to_owned())));
    }

    #[test]
    fn each_field_of_a_name_is_rewritten_and_others_stay() {
        let mutation = mutation(&STRIPS);
        let mut answer = answer(302, "");
        for (name, value) in [(SET_COOKIE, "a=1; HttpOnly"), (LOCATION, "/; HttpOnly"), (SET_COOKIE, "b=2; HttpOnly")] {
            answer.headers.append(name, HeaderValue::from_static(value));
        }

        assert!(mutation.emitted_answer(&get("/"), &mut answer));

        assert_eq!(answer.header_values(&SET_COOKIE), ["a=1", "b=2"]);
        assert_eq!(answer.header_values(&LOCATION), ["/; HttpOnly"]);
    }
}
