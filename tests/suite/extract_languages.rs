//! The same pages in ten languages and eight scripts: what is kept must not depend on the words.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use gristmill::extract::{Options, extract};

/// The words of one language, written for this test.
struct Words {
    code: &'static str,
    direction: &'static str,
    /// Seven sentences of a story.
    story: [&'static str; 7],
    /// Home, news, sports, contact, about us.
    menu: [&'static str; 5],
    /// Other stories.
    other: [&'static str; 4],
    title: &'static str,
    legal: &'static str,
    button: &'static str,
    /// The text of a consent banner, and its button.
    cookie: [&'static str; 2],
    /// The heading above reader comments, and two of them.
    comments: [&'static str; 3],
    /// The heading above other stories.
    related: &'static str,
}

const LANGUAGES: [Words; 10] = [
    Words {
        code: "en",
        direction: "ltr",
        story: [
            "The river rose slowly during the night, and by the morning the lower meadows stood under water.",
            "Nobody in the village had expected it so early in the year, so the old mill had to be cleared in a hurry.",
            "The fire brigade brought forty sacks of sand, while the neighbours carried furniture to the upper floor.",
            "At noon the rain stopped, but the water kept rising for another three hours before it turned.",
            "The mayor said that the new dam, which has been planned for ten years, would have saved most houses.",
            "Engineers will inspect the bridge tomorrow, and until then the road to the station remains closed.",
            "Farmers fear for the harvest, because the fields near the bank will stay wet for several weeks.",
        ],
        menu: ["Home", "News", "Sports", "Contact", "About us"],
        other: ["Storm on the coast", "New school opens", "Market day in town", "Train line closed"],
        title: "Flood in the valley",
        legal: "All rights reserved",
        button: "Add to cart",
        cookie: [
            "This site uses cookies to improve your visit. You can change your choice at any time in the settings.",
            "Accept all",
        ],
        comments: [
            "Comments",
            "I live down there and we were lucky this time, thanks to everybody who helped.",
            "The dam would have cost less than the repairs, but nobody wants to hear it.",
        ],
        related: "Related stories",
    },
    Words {
        code: "es",
        direction: "ltr",
        story: [
            "El río subió lentamente durante la noche y por la mañana los prados bajos estaban cubiertos de agua.",
            "Nadie en el pueblo lo esperaba tan pronto este año, así que hubo que vaciar el viejo molino a toda prisa.",
            "Los bomberos trajeron cuarenta sacos de arena, mientras los vecinos subían los muebles al piso de arriba.",
            "Al mediodía dejó de llover, pero el agua siguió subiendo otras tres horas antes de empezar a bajar.",
            "El alcalde dijo que la nueva presa, prevista desde hace diez años, habría salvado la mayoría de las casas.",
            "Los ingenieros revisarán mañana el puente y hasta entonces la carretera a la estación sigue cerrada.",
            "Los agricultores temen por la cosecha, porque los campos de la orilla seguirán mojados varias semanas.",
        ],
        menu: ["Inicio", "Noticias", "Deportes", "Contacto", "Quiénes somos"],
        other: ["Tormenta en la costa", "Abre una nueva escuela", "Día de mercado", "Línea de tren cerrada"],
        title: "Inundación en el valle",
        legal: "Todos los derechos reservados",
        button: "Añadir al carrito",
        cookie: [
            "Este sitio utiliza cookies para mejorar su visita. Puede cambiar su elección en cualquier momento.",
            "Aceptar todo",
        ],
        comments: [
            "Comentarios",
            "Vivo allí abajo y esta vez tuvimos suerte, gracias a todos los que ayudaron.",
            "La presa habría costado menos que las reparaciones, pero nadie quiere oírlo.",
        ],
        related: "Noticias relacionadas",
    },
    Words {
        code: "zh",
        direction: "ltr",
        story: [
            "河水在夜里慢慢上涨，到了早上，下游的草地已经全部被水淹没，只能看见几棵树的顶部。",
            "村里没有人想到今年的洪水会来得这么早，因此大家不得不匆忙把老磨坊里的东西搬出来。",
            "消防队运来了四十袋沙子，邻居们则把家具一件一件地搬到楼上，一直忙到天亮才休息。",
            "中午雨停了，但是水位在开始下降之前又继续上涨了三个小时，最高的时候超过了桥面。",
            "镇长说，如果计划了十年的新水坝已经建成，大部分房屋本来是可以保住的，损失也会小得多。",
            "工程师明天将检查那座桥，在此之前，通往火车站的道路仍然关闭，车辆需要从山上绕行。",
            "农民们担心今年的收成，因为河岸附近的田地还要湿好几个星期，种子可能会在土里烂掉。",
        ],
        menu: ["首页", "新闻", "体育", "联系我们", "关于我们"],
        other: ["海岸的风暴", "新学校开学", "镇上的集市日", "铁路线关闭"],
        title: "山谷里的洪水",
        legal: "保留所有权利",
        button: "加入购物车",
        cookie: ["本网站使用cookies来改善您的浏览体验。您可以随时在设置中更改您的选择。", "全部接受"],
        comments: [
            "网友评论",
            "我就住在下面，这次算是运气好，谢谢所有帮忙的人。",
            "修水坝的钱比修房子少多了，可是没有人愿意听。",
        ],
        related: "相关阅读",
    },
    Words {
        code: "ja",
        direction: "ltr",
        story: [
            "川の水は夜のあいだにゆっくりと増え、朝には下流の草地がすっかり水の下になっていました。",
            "村の人はだれも今年こんなに早く水が来るとは思わず、古い水車小屋を急いで片付けることになりました。",
            "消防団は四十袋の砂を運び、近所の人たちは家具を二階へ運び上げて、明け方まで働き続けました。",
            "昼に雨はやみましたが、水位が下がり始めるまでに、さらに三時間も上がり続けたということです。",
            "町長は、十年前から計画されている新しいダムがあれば、ほとんどの家は助かったはずだと話しました。",
            "技術者があす橋を調べる予定で、それまでのあいだ、駅へ向かう道路は閉鎖されたままになります。",
            "岸に近い畑は何週間も湿ったままになるため、農家の人たちは今年の収穫を心配しています。",
        ],
        menu: ["ホーム", "ニュース", "スポーツ", "お問い合わせ", "会社概要"],
        other: ["海岸の嵐", "新しい学校が開校", "町の市場の日", "鉄道路線の閉鎖"],
        title: "谷の洪水",
        legal: "不許複製",
        button: "カートに入れる",
        cookie: ["当サイトではクッキーを使用しています。設定はいつでも変更できます。", "すべて同意する"],
        comments: [
            "コメント",
            "下のほうに住んでいますが、今回は運がよかったです。手伝ってくれた皆さんに感謝します。",
            "ダムのほうが修理より安かったはずなのに、だれも聞こうとしません。",
        ],
        related: "関連記事",
    },
    Words {
        code: "ko",
        direction: "ltr",
        story: [
            "강물은 밤사이 천천히 불어났고, 아침에는 아래쪽 풀밭이 모두 물에 잠겨 있었다.",
            "마을 사람 누구도 올해 이렇게 일찍 물이 올 줄 몰랐기 때문에, 오래된 방앗간을 서둘러 비워야 했다.",
            "소방대는 모래주머니 마흔 개를 가져왔고, 이웃들은 가구를 위층으로 옮기며 새벽까지 일했다.",
            "정오에 비는 그쳤지만, 물은 빠지기 시작하기 전까지 세 시간이나 더 차올랐다고 한다.",
            "시장은 십 년 동안 계획해 온 새 댐이 있었다면 대부분의 집을 지킬 수 있었을 것이라고 말했다.",
            "기술자들이 내일 다리를 점검할 예정이며, 그때까지 역으로 가는 길은 계속 닫혀 있다.",
            "강가의 밭이 몇 주 동안 젖어 있을 것이기 때문에 농부들은 올해 수확을 걱정하고 있다.",
        ],
        menu: ["홈", "뉴스", "스포츠", "문의하기", "회사 소개"],
        other: ["해안의 폭풍", "새 학교 개교", "읍내 장날", "철도 노선 폐쇄"],
        title: "골짜기의 홍수",
        legal: "모든 권리 보유",
        button: "장바구니에 담기",
        cookie: ["이 사이트는 더 나은 이용을 위해 쿠키를 사용합니다. 설정에서 언제든지 바꿀 수 있습니다.", "모두 동의"],
        comments: [
            "댓글",
            "저는 그 아래쪽에 사는데 이번에는 운이 좋았습니다. 도와주신 모든 분께 감사드립니다.",
            "댐을 짓는 것이 수리보다 쌌을 텐데 아무도 들으려 하지 않는다.",
        ],
        related: "관련 기사",
    },
    Words {
        code: "ar",
        direction: "rtl",
        story: [
            "ارتفع منسوب النهر ببطء خلال الليل، وفي الصباح كانت المروج المنخفضة مغمورة كلها بالمياه.",
            "لم يتوقع أحد في القرية ذلك في وقت مبكر من السنة، ولذلك كان لا بد من إخلاء الطاحونة القديمة على عجل.",
            "أحضر رجال الإطفاء أربعين كيسا من الرمل، بينما حمل الجيران الأثاث إلى الطابق العلوي حتى الفجر.",
            "توقف المطر عند الظهر، لكن الماء استمر في الارتفاع ثلاث ساعات أخرى قبل أن يبدأ بالانخفاض.",
            "قال رئيس البلدية إن السد الجديد، الذي يخطط له منذ عشر سنوات، كان سينقذ معظم البيوت.",
            "سيفحص المهندسون الجسر غدا، وحتى ذلك الحين يبقى الطريق إلى المحطة مغلقا أمام السيارات.",
            "يخشى المزارعون على المحصول، لأن الحقول القريبة من الضفة ستبقى مبتلة عدة أسابيع.",
        ],
        menu: ["الرئيسية", "الأخبار", "الرياضة", "اتصل بنا", "من نحن"],
        other: ["عاصفة على الساحل", "افتتاح مدرسة جديدة", "يوم السوق في البلدة", "إغلاق خط القطار"],
        title: "فيضان في الوادي",
        legal: "كل الحقوق محفوظة",
        button: "أضف إلى السلة",
        cookie: ["يستخدم هذا الموقع ملفات تعريف الارتباط لتحسين زيارتك. يمكنك تغيير اختيارك في أي وقت.", "قبول الكل"],
        comments: [
            "التعليقات",
            "أسكن هناك في الأسفل وكنا محظوظين هذه المرة، شكرا لكل من ساعد.",
            "كان السد سيكلف أقل من الإصلاحات، لكن لا أحد يريد أن يسمع ذلك.",
        ],
        related: "مواضيع ذات صلة",
    },
    Words {
        code: "he",
        direction: "rtl",
        story: [
            "הנהר עלה לאט במשך הלילה, ובבוקר עמדו כרי הדשא הנמוכים כולם מתחת למים.",
            "איש בכפר לא ציפה לכך מוקדם כל כך בשנה, ולכן היה צריך לפנות את הטחנה הישנה במהירות.",
            "מכבי האש הביאו ארבעים שקי חול, בזמן שהשכנים נשאו את הרהיטים לקומה העליונה עד אור הבוקר.",
            "בצהריים פסק הגשם, אבל המים המשיכו לעלות עוד שלוש שעות לפני שהתחילו לרדת.",
            "ראש העיר אמר שהסכר החדש, שמתוכנן כבר עשר שנים, היה מציל את רוב הבתים.",
            "המהנדסים יבדקו את הגשר מחר, ועד אז הדרך אל התחנה נשארת סגורה לכל כלי הרכב.",
            "החקלאים חוששים ליבול, כי השדות שליד הגדה יישארו רטובים עוד כמה שבועות.",
        ],
        menu: ["דף הבית", "חדשות", "ספורט", "צור קשר", "אודות"],
        other: ["סערה בחוף", "בית ספר חדש נפתח", "יום שוק בעיר", "קו הרכבת נסגר"],
        title: "שיטפון בעמק",
        legal: "כל הזכויות שמורות",
        button: "הוסף לסל",
        cookie: ["אתר זה משתמש בעוגיות כדי לשפר את הביקור שלך. אפשר לשנות את הבחירה בכל עת.", "קבל הכל"],
        comments: [
            "תגובות",
            "אני גר שם למטה והפעם היה לנו מזל, תודה לכל מי שעזר.",
            "הסכר היה עולה פחות מהתיקונים, אבל איש לא רוצה לשמוע.",
        ],
        related: "כתבות נוספות",
    },
    Words {
        code: "th",
        direction: "ltr",
        story: [
            "น้ำในแม่น้ำค่อยๆ สูงขึ้นตลอดทั้งคืน และพอถึงตอนเช้าทุ่งหญ้าที่อยู่ต่ำกว่าก็จมอยู่ใต้น้ำทั้งหมด",
            "ไม่มีใครในหมู่บ้านคาดคิดว่าน้ำจะมาเร็วขนาดนี้ในปีนี้ จึงต้องรีบขนของออกจากโรงสีเก่าอย่างเร่งด่วน",
            "เจ้าหน้าที่ดับเพลิงนำกระสอบทรายมาสี่สิบใบ ส่วนเพื่อนบ้านช่วยกันขนเฟอร์นิเจอร์ขึ้นไปชั้นบนจนถึงรุ่งเช้า",
            "ตอนเที่ยงฝนหยุดตก แต่น้ำยังคงสูงขึ้นต่อไปอีกสามชั่วโมงก่อนที่จะเริ่มลดลงในตอนเย็น",
            "นายกเทศมนตรีกล่าวว่าเขื่อนใหม่ซึ่งวางแผนมาสิบปีแล้วน่าจะช่วยรักษาบ้านส่วนใหญ่เอาไว้ได้",
            "วิศวกรจะตรวจสอบสะพานในวันพรุ่งนี้ และจนกว่าจะถึงเวลานั้นถนนไปสถานีรถไฟยังคงปิดอยู่",
            "ชาวนากังวลเรื่องผลผลิต เพราะทุ่งนาใกล้ริมฝั่งแม่น้ำจะยังคงเปียกอยู่อีกหลายสัปดาห์",
        ],
        menu: ["หน้าแรก", "ข่าว", "กีฬา", "ติดต่อเรา", "เกี่ยวกับเรา"],
        other: ["พายุที่ชายฝั่ง", "เปิดโรงเรียนใหม่", "วันตลาดในเมือง", "ปิดเส้นทางรถไฟ"],
        title: "น้ำท่วมในหุบเขา",
        legal: "สงวนสิทธิ์ทั้งหมด",
        button: "เพิ่มลงตะกร้า",
        cookie: ["เว็บไซต์นี้ใช้คุกกี้เพื่อปรับปรุงการเข้าชมของคุณ คุณสามารถเปลี่ยนตัวเลือกได้ทุกเมื่อ", "ยอมรับทั้งหมด"],
        comments: [
            "ความคิดเห็น",
            "ผมอยู่ข้างล่างนั้นเอง คราวนี้โชคดีมาก ขอบคุณทุกคนที่ช่วยเหลือ",
            "สร้างเขื่อนยังถูกกว่าซ่อมบ้านเสียอีก แต่ไม่มีใครอยากฟัง",
        ],
        related: "ข่าวที่เกี่ยวข้อง",
    },
    Words {
        code: "ru",
        direction: "ltr",
        story: [
            "Ночью река медленно поднималась, и к утру нижние луга уже стояли под водой.",
            "Никто в деревне не ждал этого так рано, поэтому старую мельницу пришлось освобождать в спешке.",
            "Пожарные привезли сорок мешков песка, а соседи носили мебель на верхний этаж до рассвета.",
            "К полудню дождь прекратился, но вода поднималась ещё три часа, прежде чем пошла на убыль.",
            "Глава района сказал, что новая плотина, которую планируют уже десять лет, спасла бы большинство домов.",
            "Завтра инженеры осмотрят мост, а до тех пор дорога к станции останется закрытой.",
            "Крестьяне боятся за урожай, потому что поля у берега останутся сырыми ещё несколько недель.",
        ],
        menu: ["Главная", "Новости", "Спорт", "Контакты", "О нас"],
        other: ["Шторм на побережье", "Открылась новая школа", "Ярмарка в городе", "Железная дорога закрыта"],
        title: "Наводнение в долине",
        legal: "Все права защищены",
        button: "В корзину",
        cookie: [
            "Этот сайт использует файлы cookie, чтобы сделать посещение удобнее. Выбор можно изменить в любое время.",
            "Принять все",
        ],
        comments: [
            "Комментарии",
            "Я живу там внизу, и на этот раз нам повезло, спасибо всем, кто помогал.",
            "Плотина стоила бы меньше, чем ремонт, но никто не хочет этого слышать.",
        ],
        related: "Читайте также",
    },
    Words {
        code: "hi",
        direction: "ltr",
        story: [
            "रात में नदी का पानी धीरे-धीरे बढ़ता रहा, और सुबह तक नीचे के सारे मैदान पानी में डूब चुके थे।",
            "गाँव में किसी ने साल के इतने शुरू में इसकी उम्मीद नहीं की थी, इसलिए पुरानी चक्की जल्दी में खाली करनी पड़ी।",
            "दमकल के लोग रेत की चालीस बोरियाँ लाए, जबकि पड़ोसी सुबह होने तक सामान ऊपर की मंज़िल पर पहुँचाते रहे।",
            "दोपहर को बारिश रुक गई, लेकिन घटने से पहले पानी तीन घंटे तक और बढ़ता रहा।",
            "प्रधान ने कहा कि नया बाँध, जिसकी योजना दस साल से बन रही है, ज़्यादातर घरों को बचा लेता।",
            "इंजीनियर कल पुल की जाँच करेंगे, और तब तक स्टेशन जाने वाली सड़क बंद रहेगी।",
            "किसानों को फ़सल की चिंता है, क्योंकि किनारे के खेत अभी कई हफ़्तों तक गीले रहेंगे।",
        ],
        menu: ["होम", "समाचार", "खेल", "संपर्क करें", "हमारे बारे में"],
        other: ["तट पर तूफ़ान", "नया स्कूल खुला", "शहर में मेला", "रेल लाइन बंद"],
        title: "घाटी में बाढ़",
        legal: "सर्वाधिकार सुरक्षित",
        button: "कार्ट में डालें",
        cookie: [
            "यह साइट आपके अनुभव को बेहतर बनाने के लिए कुकीज़ का उपयोग करती है। आप अपना चुनाव कभी भी बदल सकते हैं।",
            "सब स्वीकार करें",
        ],
        comments: [
            "टिप्पणियाँ",
            "मैं वहीं नीचे रहता हूँ और इस बार हम भाग्यशाली रहे, मदद करने वालों का धन्यवाद।",
            "बाँध पर मरम्मत से कम ख़र्च होता, पर कोई सुनना नहीं चाहता।",
        ],
        related: "यह भी पढ़ें",
    },
];

fn frame(w: &Words, main: &str) -> String {
    let menu: String = w.menu.iter().enumerate().map(|(i, m)| format!("<li><a href='/{i}'>{m}</a></li>")).collect();
    let other: String =
        w.other.iter().enumerate().map(|(i, o)| format!("<li><a href='/o/{i}'><img src=x>{o}</a></li>")).collect();
    format!(
        "<!DOCTYPE html><html lang={} dir={}><head><meta charset=utf-8><title>{}</title></head><body>\
         <header class=site-header><nav class=main-menu><ul>{menu}</ul></nav></header>{main}\
         <aside class=sidebar><ul class=related>{other}</ul></aside>\
         <footer class=site-footer><p>© 2024 {}</p><ul>{menu}</ul></footer></body></html>",
        w.code, w.direction, w.title, w.legal
    )
}

fn news(w: &Words) -> String {
    let text: String = w.story.iter().map(|s| format!("<p>{s}</p>")).collect();
    frame(
        w,
        &format!(
            "<main><article class=post><h1>{}</h1><div class=entry-content>{text}</div></article></main>",
            w.title
        ),
    )
}

fn forum(w: &Words) -> String {
    let post = |(i, text): (usize, &&str)| {
        format!(
            "<div class='post' id=p{i}><div class=postprofile><a href='/u/{i}'>user{i}</a></div>\
             <div class=postbody><div class=content>{text} {}</div></div></div>",
            w.story[(i + 2) % 7]
        )
    };
    let posts: String = w.story.iter().take(5).enumerate().map(post).collect();
    frame(w, &format!("<div id=page-body><h2 class=topic-title>{}</h2>{posts}</div>", w.title))
}

fn product(w: &Words) -> String {
    let list: String = w.story[3..6].iter().map(|s| format!("<li>{s}</li>")).collect();
    frame(
        w,
        &format!(
            "<main class=product><h1 class=product_title>{}</h1><p class=price>$ 49.00</p><button>{}</button>\
             <div class=product-description><p>{}</p><p>{}</p><ul>{list}</ul></div></main>",
            w.title, w.button, w.story[0], w.story[1]
        ),
    )
}

/// Which of the sentences and of the other pieces are in the text.
fn kept(w: &Words, html: &str) -> (Vec<bool>, Vec<bool>) {
    let text = extract(html, &Options::default()).unwrap().text;
    let frame = w.menu.iter().chain(&w.other).chain([&w.legal, &w.button]);
    let lines: Vec<&str> = text.lines().map(|l| l.trim_start_matches("- ")).collect();
    (w.story.iter().map(|s| text.contains(s)).collect(), frame.map(|f| lines.contains(f)).collect())
}

#[test]
fn the_same_blocks_stay_in_every_language() {
    for (name, page, wanted) in
        [("news", news as fn(&Words) -> String, 7), ("forum", forum, 7), ("product", product, 5)]
    {
        for w in &LANGUAGES {
            let (story, frame) = kept(w, &page(w));
            let found = story.iter().filter(|s| **s).count();
            eprintln!(
                "{name} {}: {found} sentences, {} pieces of the frame",
                w.code,
                frame.iter().filter(|f| **f).count()
            );
            let expected = if name == "product" { wanted } else { story.len() };
            assert_eq!(found, expected, "{name} in {}: {story:?}", w.code);
            assert!(!frame.contains(&true), "{name} in {}: {frame:?}", w.code);
        }
    }
}

/// Names of classes: those that content systems give, or none that mean anything.
fn class(named: bool, name: &'static str) -> &'static str {
    if named { name } else { "c" }
}

/// A page as sites send it: a consent banner, a menu, the way to the page, `main`, other stories, readers' comments, a footer.
fn site(w: &Words, named: bool, main: &str) -> String {
    let c = |name| class(named, name);
    let links = |texts: &[&str]| -> String {
        texts.iter().enumerate().map(|(i, t)| format!("<li class={}><a href='/{i}'>{t}</a></li>", c("item"))).collect()
    };
    let comment = |text: &str| {
        format!("<li><div class={}><b>user</b> <span>12:30</span><p>{text}</p></div></li>", c("comment-body"))
    };
    format!(
        "<!DOCTYPE html><html lang={} dir={}><head><meta charset=utf-8><title>{} - {}</title></head><body>\
         <div class={}><p>{}</p><button>{}</button></div><div class={}><ul>{}</ul></div>\
         <div class={}><a href=/>{}</a> &gt; <a href=/n>{}</a></div>{main}\
         <div class={}><h3>{}</h3><ul>{}</ul></div><div class={}><h3>{} (2)</h3><ol>{}{}</ol></div>\
         <div class={}><ul>{}</ul><p>© 2024 {}</p></div></body></html>",
        w.code,
        w.direction,
        w.title,
        w.menu[1],
        c("cookie-banner"),
        w.cookie[0],
        w.cookie[1],
        c("main-nav"),
        links(&w.menu),
        c("breadcrumbs"),
        w.menu[0],
        w.menu[1],
        c("related-posts"),
        w.related,
        links(&w.other),
        c("comments"),
        w.comments[0],
        comment(w.comments[1]),
        comment(w.comments[2]),
        c("footer"),
        links(&w.menu),
        w.legal
    )
}

/// The main part of a page of each kind, and its gold text.
fn kinds(w: &Words, named: bool) -> Vec<(&'static str, String, String)> {
    let c = |name| class(named, name);
    let paragraphs =
        |range: std::ops::Range<usize>| -> String { w.story[range].iter().map(|t| format!("<p>{t}</p>")).collect() };
    let article = format!("<div class={}><h1>{}</h1>{}</div>", c("entry-content"), w.title, paragraphs(0..7));
    let posts: String = (0..6)
        .map(|i| {
            format!(
                "<div class={}><div class={}><a href='/u/{i}'>user{i}</a></div><div class={}>{} {}</div></div>",
                c("post"),
                c("postprofile"),
                c("post-message"),
                w.story[i],
                w.story[(i + 3) % 7]
            )
        })
        .collect();
    let said: Vec<String> = (0..6).map(|i| format!("{} {}", w.story[i], w.story[(i + 3) % 7])).collect();
    let cards: String = (0..7)
        .map(|i| {
            format!(
                "<div class={}><a href='/p/{i}'><img src='/{i}.jpg'></a><h3><a href='/p/{i}'>{}</a></h3><p>{}</p></div>",
                c("card"),
                w.other[i % 4],
                w.story[i]
            )
        })
        .collect();
    let listed: Vec<&str> = (0..7).flat_map(|i| [w.other[i % 4], w.story[i]]).collect();
    let rows: String = (0..3).map(|i| format!("<tr><th>{}</th><td>{} cm</td></tr>", w.other[i], 10 * i + 5)).collect();
    let facts: Vec<String> = (0..3).map(|i| format!("{} {} cm", w.other[i], 10 * i + 5)).collect();
    let sections: String = (0..3)
        .map(|i| {
            format!(
                "<h2>{}</h2>{}<pre><code>river set --level {i}</code></pre>",
                w.other[i],
                paragraphs(2 * i..2 * i + 2)
            )
        })
        .collect();
    let told: Vec<String> = (0..3)
        .map(|i| format!("{} {} {} river set --level {i}", w.other[i], w.story[2 * i], w.story[2 * i + 1]))
        .collect();
    vec![
        ("article", article, format!("{} {}", w.title, w.story.join(" "))),
        (
            "forum",
            format!("<div class={}><h1>{}</h1>{posts}</div>", c("topic"), w.title),
            format!("{} {}", w.title, said.join(" ")),
        ),
        (
            "listing",
            format!("<div class={}><h1>{}</h1>{cards}</div>", c("listing"), w.title),
            format!("{} {}", w.title, listed.join(" ")),
        ),
        (
            "product",
            format!(
                "<div class={}><h1>{}</h1><p class={}>$ 49.00</p><button>{}</button><div class={}>{}</div><table>{rows}</table></div>",
                c("product"),
                w.title,
                c("price"),
                w.button,
                c("product-description"),
                paragraphs(0..4)
            ),
            format!("{} $ 49.00 {} {}", w.title, w.story[..4].join(" "), facts.join(" ")),
        ),
        (
            "documentation",
            format!("<div class={}><h1>{}</h1>{sections}</div>", c("document"), w.title),
            format!("{} {}", w.title, told.join(" ")),
        ),
    ]
}

/// F1 over pairs of neighbouring letters, which is fair to scripts with and without blanks.
fn pairs_f1(got: &str, want: &str) -> f64 {
    let pairs = |text: &str| {
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut out = std::collections::BTreeMap::new();
        letters.windows(2).for_each(|pair| *out.entry((pair[0], pair[1])).or_insert(0_u32) += 1);
        out
    };
    let (got, want) = (pairs(got), pairs(want));
    let shared: u32 = want.iter().map(|(pair, n)| got.get(pair).copied().unwrap_or(0).min(*n)).sum();
    f64::from(2 * shared) / f64::from((got.values().sum::<u32>() + want.values().sum::<u32>()).max(1))
}

#[test]
fn pages_of_every_kind_are_read_alike_in_every_language() {
    let mut low = Vec::new();
    for named in [true, false] {
        let mut sums = std::collections::BTreeMap::new();
        for w in &LANGUAGES {
            let mut line = String::new();
            for (kind, main, want) in kinds(w, named) {
                let text = extract(&site(w, named, &main), &Options::default()).unwrap().text;
                let f1 = pairs_f1(&text, &want);
                line.push_str(&format!(" {kind} {f1:.3}"));
                *sums.entry(kind).or_insert(0.0) += f1 / LANGUAGES.len() as f64;
                if f1 < if named { NAMED } else { BARE } {
                    low.push(format!("{kind} {} named {named}: {f1:.3}\n{text}", w.code));
                }
            }
            eprintln!("named {named} {}:{line}", w.code);
        }
        eprintln!("named {named}, mean: {sums:.3?}");
    }
    assert!(low.is_empty(), "{}", low.join("\n\n"));
}

/// The least F1 of any page with names that mean something.
const NAMED: f64 = 0.86;

/// The least F1 of any page whose names mean nothing.
const BARE: f64 = 0.68;
