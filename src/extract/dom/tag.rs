//! Names of elements and of the attributes the extractor reads.

/// Builds a field-less enum with a sorted table of its lower-case names.
macro_rules! names {
    ($(#[$doc:meta])* $kind:ident, $other:ident, $($variant:ident $name:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum $kind { $($variant,)+ $other }

        impl $kind {
            const NAMES: &'static [(&'static str, $kind)] = &[$(($name, $kind::$variant)),+];

            /// How many values there are, [`Self::$other`] included.
            pub const COUNT: usize = Self::NAMES.len() + 1;

            /// Looks up a name, ASCII case ignored; unknown names give the last variant.
            #[must_use]
            pub fn from_name(name: &[u8]) -> Self {
                let mut lower = [0_u8; 16];
                let Some(slot) = lower.get_mut(..name.len()) else { return Self::$other };
                for (to, from) in slot.iter_mut().zip(name) {
                    *to = from.to_ascii_lowercase();
                }
                let key: &[u8] = slot;
                match Self::NAMES.binary_search_by(|(known, _)| known.as_bytes().cmp(key)) {
                    Ok(at) => Self::NAMES[at].1,
                    Err(_) => Self::$other,
                }
            }
        }
    };
}

names! {
    /// An element name of the HTML standard that the tree builder or the extractor treats in its own way,
    /// or [`Tag::Text`] for a text node. Everything else is [`Tag::Other`].
    Tag, Other,
    Text "#text",
    A "a", Abbr "abbr", Address "address", Applet "applet", Area "area", Article "article", Aside "aside", Audio "audio",
    B "b", Base "base", Bdi "bdi", Bdo "bdo", Big "big", Blockquote "blockquote", Body "body", Br "br", Button "button",
    Canvas "canvas", Caption "caption", Center "center", Cite "cite", Code "code", Col "col", Colgroup "colgroup",
    Data "data", Datalist "datalist", Dd "dd", Del "del", Details "details", Dfn "dfn", Dialog "dialog", Dir "dir", Div "div",
    Dl "dl", Dt "dt",
    Em "em", Embed "embed",
    Fieldset "fieldset", Figcaption "figcaption", Figure "figure", Font "font", Footer "footer", Form "form", Frame "frame",
    Frameset "frameset",
    H1 "h1", H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6", Head "head", Header "header", Hgroup "hgroup", Hr "hr", Html "html",
    I "i", Iframe "iframe", Img "img", Input "input", Ins "ins",
    Kbd "kbd", Label "label", Legend "legend", Li "li", Link "link", Listing "listing",
    Main "main", Map "map", Mark "mark", Marquee "marquee", Math "math", Menu "menu", Menuitem "menuitem", Meta "meta", Meter "meter",
    Nav "nav", Noembed "noembed", Noframes "noframes", Noscript "noscript",
    Object "object", Ol "ol", Optgroup "optgroup", Option "option", Output "output",
    P "p", Param "param", Picture "picture", Plaintext "plaintext", Pre "pre", Progress "progress",
    Q "q", Rp "rp", Rt "rt", Rtc "rtc", Ruby "ruby",
    S "s", Samp "samp", Script "script", Section "section", Select "select", Small "small", Source "source", Span "span",
    Strike "strike", Strong "strong", Style "style", Sub "sub", Summary "summary", Sup "sup", Svg "svg",
    Table "table", Tbody "tbody", Td "td", Template "template", Textarea "textarea", Tfoot "tfoot", Th "th", Thead "thead",
    Time "time", Title "title", Tr "tr", Track "track", Tt "tt",
    U "u", Ul "ul", Var "var", Video "video", Wbr "wbr", Xmp "xmp",
}

names! {
    /// An attribute the extractor reads; all others are dropped while parsing.
    Attr, Other,
    Alt "alt", Alttext "alttext", AriaHidden "aria-hidden", Charset "charset", Class "class", Colspan "colspan",
    Content "content", Datetime "datetime", Display "display", Encoding "encoding", Hidden "hidden",
    Href "href", HttpEquiv "http-equiv", Id "id", Itemprop "itemprop", Itemtype "itemtype", Lang "lang", Name "name",
    Property "property", Rel "rel", Role "role", Start "start", Style "style", Type "type", XmlLang "xml:lang",
}

impl Tag {
    /// Elements that never have content.
    #[must_use]
    pub fn is_void(self) -> bool {
        use Tag::{Area, Base, Br, Col, Embed, Frame, Hr, Img, Input, Link, Meta, Param, Source, Track, Wbr};
        matches!(
            self,
            Area | Base | Br | Col | Embed | Frame | Hr | Img | Input | Link | Meta | Param | Source | Track | Wbr
        )
    }

    /// Elements whose content is text up to their own end tag.
    #[must_use]
    pub fn is_raw(self) -> bool {
        use Tag::{Iframe, Noembed, Noframes, Noscript, Script, Style, Textarea, Title, Xmp};
        matches!(self, Iframe | Noembed | Noframes | Noscript | Script | Style | Textarea | Title | Xmp)
    }

    /// Elements that only mark a piece of a line.
    #[must_use]
    pub fn is_inline(self) -> bool {
        use Tag::{
            A, Abbr, B, Bdi, Bdo, Big, Cite, Code, Data, Del, Dfn, Em, Font, I, Img, Ins, Kbd, Label, Mark, Other, Q,
            Rp, Rt, Rtc, Ruby, S, Samp, Small, Span, Strike, Strong, Sub, Sup, Text, Time, Tt, U, Var, Wbr,
        };
        matches!(
            self,
            A | Abbr
                | B
                | Bdi
                | Bdo
                | Big
                | Cite
                | Code
                | Data
                | Del
                | Dfn
                | Em
                | Font
                | I
                | Img
                | Ins
                | Kbd
                | Label
                | Mark
                | Other
                | Q
                | Rp
                | Rt
                | Rtc
                | Ruby
                | S
                | Samp
                | Small
                | Span
                | Strike
                | Strong
                | Sub
                | Sup
                | Text
                | Time
                | Tt
                | U
                | Var
                | Wbr
        )
    }

    /// A heading, h1 to h6, as its level.
    #[must_use]
    pub fn heading(self) -> Option<u8> {
        Some(match self {
            Tag::H1 => 1,
            Tag::H2 => 2,
            Tag::H3 => 3,
            Tag::H4 => 4,
            Tag::H5 => 5,
            Tag::H6 => 6,
            _ => return None,
        })
    }

    /// Start tags that end an open paragraph (HTML standard, "in body").
    #[must_use]
    pub fn closes_paragraph(self) -> bool {
        use Tag::{
            Address, Article, Aside, Blockquote, Center, Dd, Details, Dialog, Dir, Div, Dl, Dt, Fieldset, Figcaption,
            Figure, Footer, Form, H1, H2, H3, H4, H5, H6, Header, Hgroup, Hr, Li, Listing, Main, Menu, Nav, Ol, P,
            Plaintext, Pre, Section, Summary, Table, Ul, Xmp,
        };
        matches!(
            self,
            Address
                | Article
                | Aside
                | Blockquote
                | Center
                | Details
                | Dialog
                | Dir
                | Div
                | Dl
                | Fieldset
                | Figcaption
                | Figure
                | Footer
                | Form
                | H1
                | H2
                | H3
                | H4
                | H5
                | H6
                | Header
                | Hgroup
                | Hr
                | Li
                | Listing
                | Main
                | Menu
                | Nav
                | Ol
                | P
                | Plaintext
                | Pre
                | Section
                | Summary
                | Table
                | Ul
                | Xmp
                | Dd
                | Dt
        )
    }

    /// Elements that an end tag of another element cannot close through (the standard's scope markers).
    #[must_use]
    pub fn is_scope(self) -> bool {
        use Tag::{Applet, Caption, Html, Marquee, Object, Table, Td, Template, Th};
        matches!(self, Applet | Caption | Html | Marquee | Object | Table | Td | Template | Th)
    }
}
