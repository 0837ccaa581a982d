"""Phrases in the languages of western and central Europe, a table a language.

Accents do not matter here: texts and phrases are compared without them.
"""

# ruff: noqa: RUF001 - these letters are meant

from __future__ import annotations

from crm_notify.rules.bounce.phrases.topics import Topic

LANGUAGES: dict[str, dict[Topic, str]] = {
    "de": {
        Topic.MAIL: "nachricht",
        Topic.FAILED: """
            nicht zugestellt | nicht zustellbar | unzustellbar | konnte nicht ausgeliefert
            konnte nicht übermittelt | nicht übermittelt werden | zustellung*fehlgeschlagen
            zustellung*gescheitert | fehler bei der zustellung | zustellungsfehler
            zustellfehler | nicht ausgeliefert werden | nicht gesendet werden | nicht erreicht
            ist nicht angekommen""",
        Topic.FINAL: """
            endgültig | dauerhafter fehler | permanenter fehler | keine weiteren versuche""",
        Topic.DELAYED: """
            verzögert | verzögerung | noch nicht zugestellt | weiterhin versucht
            weitere zustellversuche | wird weiter versuch | nur eine warnung""",
        Topic.DELIVERED: "erfolgreich zugestellt | zustellbestätigung | wurde zugestellt an",
        Topic.READ: "gelesen: | wurde gelesen | lesebestätigung | ungelesen gelöscht",
        Topic.AUTOREPLY: """
            automatische antwort | abwesenheitsnotiz | abwesenheitsnachricht | abwesenheit
            automatische abwesenheit | autom. antwort | nicht im büro | im urlaub
            abwesenheitsassistent | automatische rückantwort | eingangsbestätigung""",
        Topic.AWAY: """
            nicht im büro | nicht im hause | nicht am arbeitsplatz | im urlaub | abwesend
            außer haus | wieder erreichbar | nicht erreichbar | meiner abwesenheit
            nach meiner rückkehr | nicht weitergeleitet | elternzeit | vielen dank für ihre
            automatisch erstellt | automatisch generiert | automatisierte antwort""",
        Topic.CHALLENGE: """
            bitte bestätigen sie ihre | bestätigen sie den absender | bestätigung erforderlich
            um ihre nachricht zuzustellen""",
        Topic.COPY: """
            ursprüngliche nachricht | originalnachricht | kopie der nachricht | kopie ihrer
            kopfzeilen der | weitergeleitete nachricht""",
        Topic.SENDER_REFUSED: "absender abgelehnt | absenderadresse | ungültiger absender",
        Topic.TOO_LARGE: "nachricht*zu groß | nachricht*zu gross | maximale nachrichtengröße",
        Topic.FULL: """
            postfach*voll | postfach*überfüllt | mailbox*voll | speicherplatz | quota erreicht
            quota überschritten | kontingent | postfach*überschritten | posteingang*voll
            zuviele mails | zu viele mails""",
        Topic.GIVEN_UP: "zeitüberschreitung | zeit*abgelaufen",
        Topic.BLOCKED: "blockiert | sperrliste | schwarze liste",
        Topic.CONTENT: "als spam | unerwünscht",
        Topic.POLICY: "nicht berechtigt | keine berechtigung | richtlinie | nicht erlaubt",
        Topic.MOVED: "neue adresse | neue e-mail-adresse | adresse gewechselt | adresse geändert",
        Topic.DISABLED: "gesperrt | deaktiviert | stillgelegt",
        Topic.NO_DOMAIN: "unbekannte domain | domain*existiert nicht | domäne*nicht gefunden",
        Topic.NO_USER: """
            empfänger unbekannt | unbekannter empfänger | empfänger*nicht gefunden
            empfänger*nicht bekannt | empfängeradresse*ungültig | adresse*unbekannt
            existiert nicht | adresse*ungültig | adresse*nicht gefunden | benutzer unbekannt
            unbekannter benutzer | benutzer*nicht gefunden | unbekannte adresse | kein postfach
            postfach*nicht gefunden | nicht mehr gültig | nicht mehr aktiv | nicht vorhanden
            empfänger*ungültig""",
        Topic.SERVER: """
            keine verbindung | verbindung*fehlgeschlagen | nicht verfügbar | vorübergehend""",
    },
    "fr": {
        Topic.MAIL: "destinataire | courrier",
        Topic.FAILED: """
            n'a pas pu être délivré | n'a pu être délivré | n'a pas pu être remis
            n'a pu être remis | n'a pas été remis | n'a pas été délivré | non remis
            non délivré | non distribué | n'a pas pu être distribué | impossible de remettre
            impossible de délivrer | échec de remise | échec de la remise | échec de livraison
            échec de la livraison | échec de distribution | échec d'envoi | échec de l'envoi
            n'a pas pu être envoyé | n'a pas pu être acheminé | retour à l'expéditeur
            n'a pas pu être transmis | erreur de remise | n'a pas atteint""",
        Topic.FINAL: "erreur permanente | échec définitif | définitivement",
        Topic.DELAYED: """
            retardé | remise différée | pas encore été remis | pas encore été délivré
            nouvelle tentative | retard de remise | simple avertissement""",
        Topic.DELIVERED: "remis avec succès | a été remis à | accusé de réception | remise réussie",
        Topic.READ: "lu : | accusé de lecture | a été lu | confirmation de lecture",
        Topic.AUTOREPLY: """
            réponse automatique | absence du bureau | absent du bureau | message d'absence
            en congé | en vacances | absence : | réponse auto | absente du bureau""",
        Topic.AWAY: """
            absent du bureau | absente du bureau | je suis absent | actuellement absent
            en congé | en vacances | à mon retour | de retour le | nous avons bien reçu
            votre message a bien été reçu | message automatique""",
        Topic.CHALLENGE: "confirmer votre message | vous authentifier | validez votre message",
        Topic.COPY: "message d'origine | message original | copie du message | message transféré",
        Topic.SENDER_REFUSED: "expéditeur refusé | adresse de l'expéditeur",
        Topic.TOO_LARGE: "message trop volumineux | message trop gros | taille maximale",
        Topic.FULL: """
            boîte*pleine | boîte*saturée | quota dépassé | messagerie*pleine | boîte*plein""",
        Topic.GIVEN_UP: "délai*dépassé | délai*expiré",
        Topic.BLOCKED: "bloqué | liste noire",
        Topic.CONTENT: "considéré comme spam | indésirable",
        Topic.POLICY: "pas autorisé | n'êtes pas autorisé | interdit | stratégie",
        Topic.MOVED: "nouvelle adresse | a changé d'adresse",
        Topic.DISABLED: """
            désactivé | suspendu | destinataire archivé | boîte*archivé | compte*fermé""",
        Topic.NO_DOMAIN: "domaine*inconnu | domaine n'existe pas | domaine*introuvable",
        Topic.NO_USER: """
            utilisateur inconnu | destinataire inconnu | destinataire*introuvable
            adresse*inconnue | adresse*introuvable | n'existe pas | n'existe plus
            adresse*invalide | adresse*erronée | adresse*incorrecte | utilisateur*introuvable
            destinataire*non trouvé | plus valide | pas valide""",
        Topic.SERVER: "impossible de se connecter | connexion*refusée | temporairement",
    },
    "es": {
        Topic.MAIL: "mensaje | correo",
        Topic.FAILED: """
            no pudo ser entregado | no se pudo entregar | no se ha podido entregar
            no ha podido ser entregado | no ha sido entregado | no fue entregado
            no se entregó | no entregado | no puede ser entregado | no se puede entregar
            error en la entrega | error de entrega | fallo en la entrega | fallo de entrega
            entrega fallida | no se pudo enviar | no ha podido ser enviado | imposible entregar
            no pudo ser enviado | no entregable | devuelto al remitente | mensaje devuelto
            no se ha entregado | no pudo entregarse | correo devuelto""",
        Topic.FINAL: "error permanente | definitivamente | no se realizarán más intentos",
        Topic.DELAYED: """
            retrasad | demorad | aún no se ha entregado | se seguirá intentando | retraso en""",
        Topic.DELIVERED: "entregado correctamente | entregado con éxito | ha sido entregado a",
        Topic.READ: "leído: | confirmación de lectura | fue leído",
        Topic.AUTOREPLY: """
            respuesta automática | fuera de la oficina | fuera de oficina | ausente
            autorespuesta | auto-respuesta | de vacaciones""",
        Topic.AWAY: """
            fuera de la oficina | de vacaciones | estaré ausente | me encuentro ausente
            a mi regreso | a mi vuelta | hemos recibido su | respuesta automática""",
        Topic.CHALLENGE: "confirme su mensaje | confirmar su mensaje | verificar su correo",
        Topic.COPY: "mensaje original | copia del mensaje | mensaje reenviado",
        Topic.TOO_LARGE: "mensaje*demasiado grande | tamaño máximo",
        Topic.FULL: """
            buzón*lleno | casilla*llena | casilla*agotado | cuota*excedid | excede*cuota
            buzón*excedid | cuota*superada | espacio*agotado | sin espacio""",
        Topic.GIVEN_UP: "tiempo*agotado | tiempo*excedido",
        Topic.BLOCKED: "bloqueado | lista negra",
        Topic.CONTENT: "correo no deseado | considerado spam",
        Topic.POLICY: "no autorizado | no permitido | no está autorizado | directiva",
        Topic.MOVED: "nueva dirección | cambió de dirección",
        Topic.DISABLED: """
            desactivad | suspendid | falta de uso | deshabilitad | expirado
            usuario*inactivo | cuenta*inactiva""",
        Topic.NO_DOMAIN: "dominio*no existe | dominio*desconocido | dominio*no encontrado",
        Topic.NO_USER: """
            destinatario desconocido | usuario desconocido | usuario inexistente | no existe
            usuario no válido | dirección*no válida | dirección*incorrecta | dirección*inválida
            inexistente | no es válida | no se encuentra | no encontrado | no se encontró
            usuario no encontrado | no está en el servidor""",
        Topic.SERVER: "no se pudo conectar | temporalmente",
    },
    "it": {
        Topic.MAIL: "messaggio",
        Topic.FAILED: """
            non è stato consegnato | non è stato possibile consegnare | mancata consegna
            non può essere consegnato | non recapitato | non è stato recapitato
            impossibile recapitare | impossibile consegnare | consegna*fallita
            mancato recapito | errore di consegna | errore nella consegna | non consegnato
            avviso di mancata | non è stato inviato | messaggio respinto""",
        Topic.FINAL: "errore permanente | definitivamente",
        Topic.DELAYED: """
            in ritardo | ritardata | ritardo nella | non ancora consegnato | si continuerà""",
        Topic.DELIVERED: "consegnato correttamente | consegnato con successo | avvenuta consegna",
        Topic.READ: "letto: | conferma di lettura | è stato letto",
        Topic.AUTOREPLY: """
            risposta automatica | fuori sede | fuori ufficio | assenza | in ferie | assente""",
        Topic.AWAY: """
            fuori sede | fuori ufficio | sono in ferie | sarò assente | al mio rientro
            assente""",
        Topic.COPY: "messaggio originale | copia del messaggio | messaggio inoltrato",
        Topic.TOO_LARGE: "messaggio*troppo grande | dimensione massima",
        Topic.FULL: "casella*piena | casella*esaurit | spazio*esaurito | quota superata",
        Topic.GIVEN_UP: "tempo scaduto",
        Topic.BLOCKED: "bloccato | lista nera",
        Topic.POLICY: "non autorizzato | non consentito",
        Topic.DISABLED: "disabilitat | sospes | disattivat",
        Topic.NO_DOMAIN: "dominio*sconosciuto | dominio*non esiste | dominio inesistente",
        Topic.NO_USER: """
            utente sconosciuto | utente*non trovato | destin*sconosciuto | inesistente
            destinatario errato
            indirizzo*non valido | indirizzo*non trovato | non esiste | indirizzo*errato
            non è valido""",
        Topic.SERVER: "impossibile connettersi | temporaneamente",
    },
    "pt": {
        Topic.MAIL: "mensagem",
        Topic.FAILED: """
            não pôde ser entregue | não pode ser entregue | não foi entregue
            não foi possível entregar | não pode ser enviada | não pôde ser enviada
            falha na entrega | falha ao entregar | erro na entrega | entrega falhou
            não entregue | mensagem devolvida | não pode ser entregada | falha de entrega
            impossível entregar | mensagem não enviada""",
        Topic.FINAL: "erro permanente | definitivamente",
        Topic.DELAYED: """
            atrasad | ainda não foi entregue | atraso na | continuaremos tentando | adiada""",
        Topic.DELIVERED: "entregue com sucesso | foi entregue a",
        Topic.READ: "lido: | lida: | confirmação de leitura | foi lida",
        Topic.AUTOREPLY: """
            resposta automática | ausência temporária | fora do escritório | ausente
            resposta de ausência | de férias | ausência""",
        Topic.AWAY: """
            fora do escritório | de férias | estarei ausente | ao meu regresso | no meu retorno""",
        Topic.CHALLENGE: "confirme sua mensagem | confirmar o envio | antispam uol",
        Topic.COPY: "mensagem original | cópia da mensagem | mensagem encaminhada",
        Topic.TOO_LARGE: "mensagem*muito grande | tamanho máximo",
        Topic.FULL: """
            caixa*cheia | caixa*lotada | quota excedida | cota excedida | cota*esgotad
            sem espaço""",
        Topic.GIVEN_UP: "tempo*esgotado | prazo*expir",
        Topic.BLOCKED: "bloqueado | lista negra",
        Topic.POLICY: "não autorizado | não permitido",
        Topic.DISABLED: "desativad | suspens | bloqueada",
        Topic.NO_DOMAIN: "domínio*não existe | domínio*não encontrado | domínio inexistente",
        Topic.NO_USER: """
            utilizador desconhecido | usuário desconhecido | destinatário desconhecido
            usuário não | utilizador não | endereço*não encontrado | não existe
            endereço*inválido | inexistente | não encontrado | destinatário*não encontrado""",
        Topic.SERVER: "temporariamente | não foi possível conectar",
    },
    "nl": {
        Topic.MAIL: "bericht",
        Topic.FAILED: """
            kon niet worden bezorgd | niet worden bezorgd | niet bezorgd | onbestelbaar
            niet afgeleverd | kan niet worden afgeleverd | bezorging*mislukt
            aflevering*mislukt | niet worden verzonden | niet verzonden""",
        Topic.FINAL: "permanente fout | definitief",
        Topic.DELAYED: "vertraagd | vertraging | nog niet bezorgd | wordt opnieuw geprobeerd",
        Topic.DELIVERED: "is bezorgd bij | succesvol bezorgd | succesvol afgeleverd",
        Topic.READ: "gelezen: | leesbevestiging",
        Topic.AUTOREPLY: """
            automatisch antwoord | afwezig | niet aanwezig | niet op kantoor | afwezigheid""",
        Topic.AWAY: "niet op kantoor | afwezig | met vakantie | op vakantie | bij terugkomst",
        Topic.COPY: "oorspronkelijk bericht | origineel bericht | kopie van het bericht",
        Topic.TOO_LARGE: "bericht*te groot",
        Topic.FULL: """
            postvak*vol | mailbox*is vol | mailbox vol | quotum*overschreden
            quota overschreden""",
        Topic.BLOCKED: "geblokkeerd",
        Topic.POLICY: "niet toegestaan | geen toestemming",
        Topic.DISABLED: "uitgeschakeld | opgeheven",
        Topic.NO_DOMAIN: "domein*bestaat niet | onbekend domein",
        Topic.NO_USER: """
            onbekende gebruiker | gebruiker onbekend | onbekende ontvanger | ontvanger*onbekend
            bestaat niet | adres*niet gevonden | adres*ongeldig | niet gevonden
            onbekend adres""",
        Topic.SERVER: "tijdelijk",
    },
    "nordic": {
        Topic.FAILED: """
            kunde inte levereras | kunne ikke leveres | kunne ikke leveras | ej levererat
            gick inte att leverera | ikke levert | ikke leveret | kan ikke leveres | oleverbar
            viestiä ei voitu toimittaa | ei voitu toimittaa""",
        Topic.READ: "läst: | læst: | lest: | luettu:",
        Topic.AUTOREPLY: """
            autosvar | automatiskt svar | automatisk svar | frånvaro | fravær | ikke til stede
            ikke på kontoret | inte på kontoret | automaattinen vastaus | poissa | poissaolo
            på semester | på ferie""",
        Topic.AWAY: """
            ikke på kontoret | inte på kontoret | på semester | på ferie | tilbage den
            åter den | tillbaka den | tilbake den | lomalla""",
        Topic.COPY: "ursprungligt meddelande | oprindelig meddelelse | opprinnelig melding",
        Topic.FULL: "brevlådan*full | postkassen*full | postkassen*fuld | innboksen*full",
        Topic.NO_USER: """
            okänd mottagare | mottagaren*okänd | ukendt bruger | ukendt modtager | finns inte
            findes ikke | finnes ikke | ukjent bruker | ukjent mottaker""",
    },
    "central": {
        Topic.FAILED: """
            nie została dostarczona | nie można dostarczyć | nie mogła zostać dostarczona
            niedostarczona | nie udało się dostarczyć | nelze doručit | nebylo možné doručit
            nedoručitelné | nepodařilo se doručit | nem kézbesíthető | kézbesítése*sikertelen
            kézbesítési hiba | teslim edilemedi | iletilemedi | gönderilemedi
            nu a putut fi livrat | isporuka*nije uspjela""",
        Topic.DELAYED: "opóźnion | zpoždění | gecikti | késedelm",
        Topic.AUTOREPLY: """
            odpowiedź automatyczna | automatyczna odpowiedź | nieobecność | poza biurem
            automatická odpověď | automatická odpoveď | mimo kancelář | automatikus válasz
            házon kívül | otomatik yanıt | otomatik cevap | ofis dışında | răspuns automat
            automatski odgovor | samodejni odgovor | nepřítomnost""",
        Topic.AWAY: """
            jestem na urlopie | nieobecn | jsem mimo | szabadságon | ofiste değilim | izindeyim""",
        Topic.COPY: "wiadomość oryginalna | původní zpráva | eredeti üzenet | orijinal ileti",
        Topic.FULL: """
            skrzynka*pełna | skrzynka*przepełniona | schránka*plná | postafiók*megtelt
            kutusu dolu""",
        Topic.DISABLED: "konto*zablokowane | nieaktywn",
        Topic.NO_USER: """
            nieznany użytkownik | nieznany odbiorca | nie istnieje | nie ma takiego
            uživatel*neexistuje | neexistuje | nem létezik | ismeretlen címzett
            kullanıcı bulunamadı | bilinmeyen | utilizator necunoscut""",
    },
}
