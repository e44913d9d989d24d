//! The rule by which a login page is handled: from what is displayed to what is done next.
//!
//! Pure, so that both login methods share it and every kind of page can be tried without a browser.

use super::visited::{PageKind, VisitedPage};

/// What is seen of a page at one moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Sight {
    /// Tells one document from the next, also when both have the same URL.
    pub(super) document: String,
    /// The document has been parsed to its end.
    pub(super) complete: bool,
    /// The URL, without query values.
    pub(super) url: String,
    pub(super) status: Option<u16>,
    pub(super) title: String,
    pub(super) alert: Option<String>,
    /// A field for the username is displayed.
    pub(super) username: bool,
    /// A field for the password is displayed.
    pub(super) password: bool,
    /// A button is displayed that is declared as the whole of a page, and no field.
    pub(super) consent: bool,
    /// The page says that login pages are unavailable.
    pub(super) unavailable: bool,
    /// This is the redirect URI.
    pub(super) arrived: bool,
}

impl Sight {
    pub(super) fn kind(&self) -> PageKind {
        match (self.username, self.password) {
            _ if self.arrived => PageKind::Callback,
            _ if self.unavailable => PageKind::Unavailable,
            (true, true) => PageKind::OnePage,
            (true, false) => PageKind::UsernameFirst,
            (false, true) => PageKind::PasswordNext,
            (false, false) if self.consent => PageKind::Consent,
            (false, false) if self.status.is_some_and(|status| status >= 400) => PageKind::Error,
            (false, false) => PageKind::Other,
        }
    }

    pub(super) fn to_page(&self) -> VisitedPage {
        VisitedPage {
            kind: self.kind(),
            url: self.url.clone(),
            status: self.status,
            title: self.title.clone(),
            alert: self.alert.clone(),
        }
    }
}

/// The text of Cognito's page for a domain without branding.
pub(super) const UNAVAILABLE: &str = "Login pages unavailable";

/// Which fields to fill before the form is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    Username,
    Password,
    Both,
}

impl Fields {
    pub(super) fn with_username(self) -> bool {
        matches!(self, Self::Username | Self::Both)
    }

    pub(super) fn with_password(self) -> bool {
        matches!(self, Self::Password | Self::Both)
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The redirect URI is reached.
    Finish,
    /// Fill these fields and send the form.
    Submit(Fields),
    /// Press the button that is declared as the whole of the page.
    Press,
    /// The same button came again and again.
    PressedInVain(usize),
    /// Nothing to do with what is displayed now.
    Wait,
    /// Start again in a moment.
    Retry,
    /// The page refused what was entered.
    Refused(String),
    /// The page wants again what it already has, and does not say why.
    AskedAgain,
    /// An HTTP error page.
    ErrorPage(u16),
}

/// How many pages with nothing but a button are gone through.
const PRESSES: usize = 5;

/// What has been sent so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    sent_in: Option<String>,
    username_sent: bool,
    password_sent: bool,
    presses: usize,
    alert_before: Option<String>,
}

impl Progress {
    /// Notes that the form displayed in `sight` is being sent.
    pub(super) fn submitted(&mut self, sight: &Sight, fields: Fields) {
        self.sent(sight);
        self.username_sent |= fields.with_username();
        self.password_sent |= fields.with_password();
    }

    /// Notes that the button displayed in `sight` is being pressed.
    pub(super) fn pressed(&mut self, sight: &Sight) {
        self.sent(sight);
        self.presses += 1;
    }

    fn sent(&mut self, sight: &Sight) {
        if self.sent_in.is_none() {
            // An alert that was there before anything was sent (a banner, say) refuses nothing.
            self.alert_before.clone_from(&sight.alert);
        }
        self.sent_in = Some(sight.document.clone());
    }

    /// The form turned out not to have been sent: it is displayed still, and empty.
    pub(super) fn take_back(&mut self, fields: Fields) {
        self.username_sent &= !fields.with_username();
        self.password_sent &= !fields.with_password();
    }

    /// What to do about `sight`.
    pub(super) fn next(&self, sight: &Sight) -> Step {
        if sight.arrived {
            return Step::Finish;
        }
        if sight.unavailable {
            return Step::Retry;
        }
        if let (Some(alert), Some(_)) = (&sight.alert, &self.sent_in)
            && self.alert_before.as_ref() != Some(alert)
        {
            return Step::Refused(alert.clone());
        }
        match self.wanted(sight) {
            Some(fields) => Step::Submit(fields),
            None => self.without_anything_to_fill(sight),
        }
    }

    fn wanted(&self, sight: &Sight) -> Option<Fields> {
        match (sight.username && !self.username_sent, sight.password && !self.password_sent) {
            (true, true) => Some(Fields::Both),
            (true, false) => Some(Fields::Username),
            // A page that shows the username again beside the password has kept it or wants it again: a new document
            // is filled completely.
            (false, true) if sight.username && self.is_new(sight) => Some(Fields::Both),
            (false, true) => Some(Fields::Password),
            (false, false) => None,
        }
    }

    fn without_anything_to_fill(&self, sight: &Sight) -> Step {
        let form = sight.username || sight.password;
        match sight.status {
            _ if form && sight.complete && self.is_new(sight) => Step::AskedAgain,
            _ if sight.consent && self.is_new(sight) && self.presses < PRESSES => Step::Press,
            _ if sight.consent && self.is_new(sight) => Step::PressedInVain(self.presses),
            Some(status) if status >= 400 && !form && sight.complete => Step::ErrorPage(status),
            _ => Step::Wait,
        }
    }

    fn is_new(&self, sight: &Sight) -> bool {
        self.sent_in.as_ref() != Some(&sight.document)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn page(document: &str, username: bool, password: bool) -> Sight {
        Sight { document: document.into(), complete: true, status: Some(200), username, password, ..Sight::default() }
    }

    fn after(sight: &Sight, fields: Fields) -> Progress {
        let mut progress = Progress::default();
        progress.submitted(sight, fields);
        progress
    }

    #[rstest]
    #[case::one_page(true, true, Step::Submit(Fields::Both))]
    #[case::username_first(true, false, Step::Submit(Fields::Username))]
    #[case::password_alone(false, true, Step::Submit(Fields::Password))]
    #[case::nothing_yet(false, false, Step::Wait)]
    fn fills_what_is_displayed(#[case] username: bool, #[case] password: bool, #[case] step: Step) {
        assert_eq!(Progress::default().next(&page("1", username, password)), step);
    }

    #[rstest]
    #[case::in_a_new_document("2", false)]
    #[case::in_the_same_document("1", false)]
    #[case::beside_the_username_in_the_same_document("1", true)]
    fn fills_the_password_once_the_second_page_shows_it(#[case] document: &str, #[case] username: bool) {
        let progress = after(&page("1", true, false), Fields::Username);

        assert_eq!(progress.next(&page(document, username, true)), Step::Submit(Fields::Password));
    }

    #[test]
    fn fills_a_second_page_completely_when_it_asks_for_the_username_too() {
        let progress = after(&page("1", true, false), Fields::Username);

        assert_eq!(progress.next(&page("2", true, true)), Step::Submit(Fields::Both));
    }

    #[test]
    fn waits_while_the_form_it_has_sent_is_still_displayed() {
        let form = page("1", true, true);

        assert_eq!(after(&form, Fields::Both).next(&form), Step::Wait);
    }

    #[test]
    fn fills_again_what_was_taken_back() {
        let form = page("1", true, true);
        let mut progress = after(&form, Fields::Both);

        progress.take_back(Fields::Both);

        assert_eq!(progress.next(&form), Step::Submit(Fields::Both));
    }

    #[test]
    fn does_not_fill_the_same_form_twice_in_a_new_document() {
        let progress = after(&page("1", true, true), Fields::Both);

        assert_eq!(progress.next(&page("2", true, true)), Step::AskedAgain);
    }

    #[test]
    fn takes_an_alert_after_sending_for_a_refusal() {
        let progress = after(&page("1", true, true), Fields::Both);
        let refused = Sight { alert: Some("Incorrect username or password.".into()), ..page("2", true, true) };

        assert_eq!(progress.next(&refused), Step::Refused("Incorrect username or password.".into()));
    }

    #[test]
    fn ignores_an_alert_that_was_there_before_anything_was_sent() {
        let banner = Sight { alert: Some("We use cookies".into()), ..page("1", true, false) };
        let progress = after(&banner, Fields::Username);
        let second = Sight { alert: Some("We use cookies".into()), ..page("2", false, true) };

        assert_eq!(progress.next(&second), Step::Submit(Fields::Password));
    }

    #[test]
    fn gives_up_on_an_http_error_without_a_form_but_not_on_one_with_a_form() {
        let error = Sight { status: Some(400), ..page("1", false, false) };
        let form = Sight { status: Some(400), ..page("1", true, true) };

        assert_eq!(Progress::default().next(&error), Step::ErrorPage(400));
        assert_eq!(Progress::default().next(&form), Step::Submit(Fields::Both));
    }

    #[test]
    fn presses_what_asks_for_consent_once_a_document_and_not_for_ever() {
        let consent = |document: &str| Sight { consent: true, ..page(document, false, false) };
        let mut progress = after(&page("0", true, true), Fields::Both);
        assert_eq!(consent("1").kind(), PageKind::Consent);

        for press in 1..=PRESSES {
            let sight = consent(&press.to_string());
            assert_eq!(progress.next(&sight), Step::Press);
            progress.pressed(&sight);
            assert_eq!(progress.next(&sight), Step::Wait, "it was pressed in this document");
        }

        assert_eq!(progress.next(&consent("last")), Step::PressedInVain(PRESSES));
    }

    #[test]
    fn starts_again_when_login_pages_are_unavailable() {
        let unavailable = Sight { status: Some(403), unavailable: true, ..page("1", false, false) };

        assert_eq!(Progress::default().next(&unavailable), Step::Retry);
    }
}
