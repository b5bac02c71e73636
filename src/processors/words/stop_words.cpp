#include "processors/words/stop_words.hpp"

#include <algorithm>
#include <array>

#include "processors/words/word_set.hpp"

namespace docmill::nlp {
namespace {

struct WordList {
  std::string_view language;
  std::string_view words;
};

constexpr std::array word_lists{
    WordList{
        "en",
        "a about above after again against all almost also although always am among an and another any anyone anything "
        "are aren't around as at away back be became because been before being below between both but by came can "
        "can't "
        "cannot could couldn't did didn't do does doesn't doing don't done down during each either else enough even "
        "ever "
        "every everyone everything few for from further get gets give given go goes going got had hadn't has hasn't "
        "have "
        "haven't having he he'd he'll he's her here here's hers herself him himself his how however i i'd i'll i'm "
        "i've "
        "if in indeed instead into is isn't it it's its itself just know last least less let let's like made make many "
        "may maybe me might mine more most much must my myself near need neither never no nobody none nor not nothing "
        "now "
        "of off often on once one only onto or other others our ours ourselves out over own per perhaps put quite "
        "rather "
        "really said same say says see seem seems several shall she she'd she'll she's should shouldn't since so some "
        "someone something sometimes soon still such take than that that's the their theirs them themselves then there "
        "there's therefore these they they'd they'll they're they've this those though through thus to together too "
        "toward towards under until up upon us use used uses using very was wasn't way we we'd we'll we're we've well "
        "went were weren't what what's whatever when where whether which while who who's whole whom whose why will "
        "with "
        "within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves"},
    WordList{
        "de",
        "ab aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes anders auch "
        "auf "
        "aus außer außerdem bei beim bereits besonders bevor bin bis bisher bist da dabei dadurch dafür dagegen daher "
        "dahin damals damit danach daneben dann daran darauf daraus darf darin darum darunter darüber das dass "
        "dasselbe "
        "davon davor dazu dein deine deinem deinen deiner dem demselben den denen denn denselben der deren derselbe "
        "derselben des deshalb desselben dessen dich die dies diese dieselbe dieselben diesem diesen dieser dieses dir "
        "doch dort du durch dürfen ebenso ehe eher ein eine einem einen einer eines einige einigem einigen einiger "
        "einiges einmal er erst es etwa etwas euch euer eure eurem euren eurer falls fast ferner für ganz gar gegen "
        "gehen "
        "geht gewesen gibt ging habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren "
        "ihrer "
        "ihres im immer in indem infolge ins irgend ist ja jede jedem jeden jeder jedes jedoch jene jenem jenen jener "
        "jenes jetzt kann kannst kaum kein keine keinem keinen keiner keines können könnte könnten lassen lässt mal "
        "man "
        "manche manchem manchen mancher manches mehr mein meine meinem meinen meiner meist mich mir mit mittels muss "
        "musste müssen nach nachdem neben nein nicht nichts nie niemand noch nun nur ob obwohl oder oft ohne per sagt "
        "sagte schon sehr sein seine seinem seinen seiner seines seit seitdem selbst sich sie sind so sobald sodass "
        "sofern sogar solche solchem solchen solcher solches soll sollen sollte sollten somit sondern sonst sowie "
        "sowohl "
        "statt stets trotz trotzdem um und uns unser unsere unserem unseren unserer unter viel viele vielen vieler vom "
        "von vor wann war waren warum was wegen weil weiter weitere weiteren weiterhin welche welchem welchen welcher "
        "welches wenig wenige wenn wer werde werden weshalb wie wieder will wir wird wo wobei wodurch wohl wollen "
        "wollte "
        "worden wurde wurden während wäre wären würde würden zu zum zur zwar zwischen über"},
    WordList{
        "fr",
        "a afin ai aient ainsi alors après as assez au aucun aucune aujourd'hui auquel aura auraient aurait aussi "
        "aussitôt "
        "autant autre autres aux auxquels avaient avait avant avec avoir ayant beaucoup bien c'est car ce ceci cela "
        "celle "
        "celles celui cependant ces cet cette ceux chaque chez ci comme comment contre d'un d'une dans de depuis "
        "derrière "
        "des dès dessous dessus deux devant doit doivent donc dont du déjà elle elles en encore enfin entre envers es "
        "est "
        "et eu eux faire fait faut fois font furent fut grâce hors ici il ils j'ai jamais je jusque l'on la laquelle "
        "le "
        "lequel les lesquelles lesquels leur leurs lors lorsque lui là ma mais malgré me mes mieux moi moins mon même "
        "mêmes n'a n'est ne ni non nos notre nous on ont ou où par parce parfois parmi pas pendant personne peu peut "
        "peuvent plus plusieurs plutôt pour pourquoi pourtant pouvait près puis puisque qu'elle qu'il qu'ils qu'on "
        "qu'un "
        "qu'une quand que quel quelle quelles quelque quelques quels qui quoi rien s'est sa sans sauf se selon sera "
        "seraient serait seront ses seulement si sinon soit sommes son sont sous souvent suis suivant sur ta tandis "
        "tant "
        "te tel telle telles tels tes toi ton toujours tous tout toute toutefois toutes trop très tu un une va vers "
        "voici "
        "voilà vos votre vous y à ça étaient était étant été être"},
    WordList{
        "es",
        "a acá además ahí ahora al algo alguien algunas alguno algunos algún allá allí ambos ante antes apenas aquel "
        "aquella aquellas aquellos aquí así aun aunque aún bajo bastante bien cada casi como con conmigo contra cual "
        "cuales cualquier cuando cuanto cuatro cuya cuyo cuál cuándo cómo da de debe deben debido del demás dentro "
        "desde "
        "después donde dos durante dónde e el ella ellas ello ellos embargo en encima entonces entre era eran eres es "
        "esa "
        "esas ese eso esos esta estaba estaban estamos estar estas este esto estos estoy está están fue fueron fui ha "
        "haber habido había habían hace hacen hacer hacia han hasta hay he hemos hizo hoy incluso la las le les lo los "
        "luego me menos mi mientras mis misma mismas mismo mismos mucha muchas mucho muchos muy más mí nada nadie ni "
        "ninguna ninguno ningún no nos nosotros nuestra nuestras nuestro nuestros nunca o os otra otras otro otros "
        "para "
        "pero poco pocos podía por porque pronto pudo puede pueden pues que quien quienes quién qué se sea sean según "
        "ser "
        "será serán sería si sido siempre siendo sin sino sobre solamente solo son soy su sus suya suyo sí sólo tal "
        "tales también tampoco tan tanta tanto te tengo tenía ti tiempo tiene tienen toda todas todavía todo todos "
        "tras "
        "tu tus tuvo tú un una unas uno unos usted ustedes va varias varios vez vosotros y ya yo él éste"},
    WordList{
        "it",
        "a abbiamo ad adesso agli ai al alcuna alcune alcuni alcuno alla alle allo allora altra altre altri altro "
        "anche "
        "ancora anni appena avere aveva avevano avuto ben bene che chi ci ciò cioè come con contro cosa così cui da "
        "dagli "
        "dai dal dalla dalle dallo davanti degli dei del dell della delle dello dentro deve devono di dopo dove "
        "dovrebbe "
        "due dunque durante e ecco ed egli era erano essa esse essere essi esso fa fare fatto fin fino fino fra fu "
        "furono "
        "già giù gli ha hai hanno ho i il in infatti infine insieme io l la le lei li lo loro lui ma mai me meno "
        "mentre "
        "mi mia mie miei mio molta molte molti molto ne negli nei nel nella nelle nello nessun nessuno niente no noi "
        "non "
        "nostra nostre nostri nostro nulla né o ogni oltre ora ormai per perché perciò però più poca pochi poco poi "
        "possa "
        "possono prima proprio può pur qua qual quale quali qualche quando quanta quanti quanto quasi quel quella "
        "quelle "
        "quelli quello questa queste questi questo qui quindi sarebbe sarà se sei sempre senza si sia siamo siano sia "
        "sono sopra sotto sta stata stati stato stessa stesse stessi stesso su sua sue sugli sui sul sulla sulle sullo "
        "suo suoi tale tali tanto te ti tra troppo tu tua tuo tutta tutte tutti tutto un una uno va verso vi voi è"},
    WordList{
        "nl",
        "aan af al alle alleen alles als altijd ander andere anders ben bij bijna binnen daar daarbij daarna daarom "
        "dan "
        "dat de der deze die dit doch doen doet door dus echter een eens en enkele er erg even ga gaan gaat geen "
        "geweest "
        "haar had hadden heb hebben heeft hem hen het hier hij hoe hoewel hun ieder iedere iemand iets ik in indien is "
        "ja "
        "je jij jou jouw jullie kan kon konden kunnen maar maken me meer men met mij mijn moest moet moeten mogen na "
        "naar "
        "nadat net niet niets nog nooit nu of om omdat onder ondanks ons onze ook op over pas reeds sinds slechts soms "
        "steeds te tegen terwijl toch toen tot tussen u uit uw van vanaf veel vele verder via volgens voor vooral waar "
        "waarbij waardoor waarin waarom wanneer want waren was wat we weer wel welke werd werden wie wij wil worden "
        "wordt "
        "zal ze zeer zelf zelfs zich zij zijn zo zoals zonder zou zouden zulke"},
    WordList{
        "pt",
        "a ainda algo alguma algumas alguns algum além ambos ante antes ao aos apenas aquela aquelas aquele aqueles "
        "aqui "
        "aquilo as assim até bem cada com como contra cuja cujo da daquele das de dela delas dele deles depois desde "
        "dessa desse desta deste deve devem disso do dois dos durante e ela elas ele eles em embora enquanto entre "
        "então "
        "era eram essa essas esse esses esta estamos estar estas estava estavam este estes estou está estão eu faz "
        "fazer "
        "foi for foram fosse há isso isto já la lhe lhes lo logo mais mas me mesma mesmas mesmo mesmos meu meus minha "
        "minhas muita muitas muito muitos na nada nas nem nenhum nenhuma nessa nesse nesta neste no nos nossa nossas "
        "nosso nossos nunca não nós o onde os ou outra outras outro outros para pela pelas pelo pelos perante pode "
        "podem "
        "pois por porque porém pouco poucos qual quais quando quanto que quem se seja sejam sem sempre sendo ser seria "
        "será serão seu seus sido sob sobre somente sua suas são só tal também tanto te tem tendo tenho ter teve tinha "
        "tinham toda todas todavia todo todos tu tua tudo têm um uma umas uns vai vez você vocês vos à às é"},
    WordList{"ru",
             "а без более больше будет будто бы был была были было быть в вам вами вас ваш ваша ваше вдруг ведь "
             "весь во вот впрочем все всегда всего всей всем всеми всех всё вся вы где да даже два для до другая "
             "другие другим других другое другой его ее ей ему если есть еще ещё её же за затем здесь и из или им "
             "ими иногда их к каждый как какая какие какой когда которая которого которое которой котором которую "
             "которые который которым которых кто куда лишь ли лучше между меня мне много может можно мой моя мы "
             "на над надо наконец нас нашего наш не него нее ней некоторые нельзя нем нет неё ни нибудь никогда "
             "ним ними них ничего но ну о об один одна однако одни одно он она они оно опять от очень перед по под "
             "поэтому после потом потому почти при про раз разве с сам сама сами само свое своего своей своих своё "
             "свои свой свою себе себя сегодня сейчас сказал со совсем так также такая такие таким таких такого "
             "такое такой там тебя тем теперь тех то тогда того тоже той только том тот тут ты у уж уже хорошо "
             "хотя хоть чего чем через что чтоб чтобы чуть эта эти этим этих это этого этой этом этому этот эту я"},
    WordList{"pl",
             "a aby by więcej została został albo ale ani aż bardziej bardzo bez bo być był była było były będzie będą "
             "całe cały chce choć "
             "ci co cokolwiek coś czy czyli dla dlaczego dlatego do dobrze dość gdy gdyby gdzie go i ich ile im "
             "inna inne innej inny innych ja jak jakie jako ją je jeden jednak jedna jedno jego jej jemu jest "
             "jestem jeszcze jeśli jeżeli już każdy kiedy kto która którą które którego której który których "
             "którym którzy lecz lub ma mają mam mi mimo między mnie mogą może można mój mu musi my na nad nam nas "
             "nasz nawet nich nie niego niej nim nimi nią nic niż o obok od on ona one oni ono oraz po pod podczas "
             "ponieważ poza przed przede przez przy roku są się skąd sobie sposób swoich swoje swój ta tak taka "
             "taki takie także tam te tego tej ten też to tobie tu tych tylko tym tymi u w was we wiele więc wśród "
             "wszystkie wszystko wtedy wy z za zawsze ze że"},
    WordList{
        "sv",
        "aldrig alla allt del du alltid att av bara bland blev bli blir blivit bort både de dem den denna deras dess "
        "dessa det detta dig din dina där då därför efter eller en ett ej er era finns fick fram från få får "
        "för före gav genom ger gick gjorde göra gör går han hade hans har helt henne hennes hon honom hos "
        "hur här i icke in inga ingen inget innan inom inte ja jag kan kanske kom kommer kunde man med mellan "
        "men mer mest mig min mina mitt mot mycket många måste ned ni nu när någon något några och också om "
        "oss på redan sade samma samt sedan sig sin sina sitt själv ska skall skulle som så sådan säger till "
        "tills trots två under upp ut utan vad var vara varför varje vars vart varit vem vi vid vilka vilken "
        "vilket vill ville vår våra vårt än ännu är även över"},
    WordList{
        "da",
        "af aldrig selv alle allerede alt altid anden andet andre at bare begge blandt blev blive bliver da de dem "
        "den denne der deres det dette dig din dine disse dog du efter eller en end endnu er et få får fik "
        "flere for fordi fra før gennem gør gøre ham han hans har havde have hele hen hende hendes her hos "
        "hun hvad hvem hver hvilken hvilket hvis hvor hvordan hvorfor hvornår i igen ikke imod ind ingen "
        "inden intet ja jeg jer jo kan kom kommer kun kunne lige man mange med meget mellem men mens mere "
        "mest mig min mine mit mod må måtte ned nej netop nogen noget nogle nok nu når og også om op os over "
        "på sagde samme samt sig sin sine sit skal skulle som stadig så sådan således til tit to ud uden "
        "under var ved vi vil ville vor vores være været"},
    WordList{"no",
             "alle allerede alltid andre at av bare begge ble bli blir blitt både da de dem den denne der dere "
             "deres det dette din disse du eller en enn ennå er et etter få får fikk flere for fordi forskjellige "
             "fra før gjennom gjør gjøre ham han hans har hadde ha hele henne hennes her hos hun hva hvem hver "
             "hvilken hvilket hvis hvor hvordan hvorfor i igjen ikke inn ingen innen ja jeg kan kom kommer kun "
             "kunne man mange med meg meget mellom men mens mer mest min mine mitt mot mye må måtte ned nei noe "
             "noen nok nå når og også om opp oss over på samme samt seg selv sin sine sitt skal skulle som så sånn "
             "til tilbake to under ut uten var ved vi vil ville vår våre vært være å"},
    // Of Chinese only words of several characters: single ones are no key words in any case.
    WordList{"zh",
             "一个 一些 一样 一直 一种 不会 不但 不同 不是 不能 不过 与其 之一 之前 之后 之间 也是 也许 了解 于是 什么 "
             "今后 仍然 他们 "
             "以上 以下 以及 以后 以来 任何 但是 何时 作为 你们 例如 便是 假如 其中 其他 其实 其它 几乎 出来 分别 则是 "
             "别的 到了 却是 另外 只是 "
             "只有 只要 可以 可是 可能 各种 各自 同时 后来 向着 否则 告诉 因为 因此 在于 多么 多少 如何 如果 如此 它们 "
             "它的 完全 对于 将会 就是 "
             "尽管 已经 常常 并且 开始 当时 得到 怎么 怎样 您们 所以 所有 才能 按照 据说 接着 故此 无论 时候 是否 是的 "
             "曾经 更加 最后 有些 有关 "
             "有的 根据 根本 正在 此外 每个 比如 没有 然后 然而 现在 由于 由此 甚至 的话 目前 直到 看到 真的 知道 立即 "
             "经过 能够 我们 自己 至于 虽然 "
             "要求 觉得 认为 让我 许多 这个 这些 这么 这样 这种 这里 进行 连同 通过 那个 那些 那么 那样 那里 都是 里面 "
             "除了 随着 难道 需要 非常"},
    // Of Japanese only words that are not in hiragana, likewise.
    WordList{"ja",
             "一つ 二つ 三つ 多く 少し 彼女 彼ら 私達 私たち 我々 自分 何か 誰か 場合 今回 今後 現在 以上 以下 以前 "
             "以後 以来 同じ 言う 言っ 行う 行わ "
             "行い 行っ 思う 思い 思っ 持つ 持っ 出来 出来る 来る 見る 見え 聞い 話し 更に 又は 及び 並びに 但し "
             "例えば 特に 全て 様々 必要 可能 当時 際に"},
    WordList{"zh-Hant",
             "一個 一些 一樣 一直 一種 不會 不但 不同 不是 不能 不過 與其 之一 之前 之後 之間 也是 也許 了解 於是 什麼 "
             "今後 仍然 他們 以上 以下 "
             "以及 以後 以來 任何 但是 何時 作為 你們 例如 便是 假如 其中 其他 其實 其它 幾乎 出來 分別 則是 別的 到了 "
             "卻是 另外 只是 只有 只要 "
             "可以 可是 可能 各種 各自 同時 後來 向著 否則 告訴 因為 因此 在於 多麼 多少 如何 如果 如此 它們 它的 完全 "
             "對於 將會 就是 儘管 已經 "
             "常常 並且 開始 當時 得到 怎麼 怎樣 您們 所以 所有 才能 按照 據說 接著 故此 無論 時候 是否 是的 曾經 更加 "
             "最後 有些 有關 有的 根據 "
             "根本 正在 此外 每個 比如 沒有 然後 然而 現在 由於 由此 甚至 的話 目前 直到 看到 真的 知道 立即 經過 能夠 "
             "自己 至於 雖然 要求 覺得 "
             "認為 讓我 許多 這個 這些 這麼 這樣 這種 這裡 進行 連同 通過 那個 那些 那麼 那樣 那裡 都是 裡面 除了 隨著 "
             "難道 需要 非常 我們"},
};

const std::array<WordSet, word_lists.size()>& word_sets() {
  static const auto sets = [] {
    std::array<WordSet, word_lists.size()> result;
    for (std::size_t i = 0; i < word_lists.size(); ++i) result[i] = make_word_set(word_lists[i].words);
    return result;
  }();
  return sets;
}

std::size_t index_of(std::string_view language) {
  const auto* const found = std::find_if(word_lists.begin(), word_lists.end(),
                                         [&](const WordList& list) { return list.language == language; });
  return static_cast<std::size_t>(found - word_lists.begin());
}

}  // namespace

bool has_stop_words(std::string_view language) { return index_of(language) < word_lists.size(); }

bool is_stop_word(std::string_view language, std::string_view word) {
  const auto index = index_of(language);
  return index < word_lists.size() && word_sets()[index].contains(word);
}

}  // namespace docmill::nlp
