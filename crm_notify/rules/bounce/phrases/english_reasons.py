"""English phrases of mail systems that say why they refused."""

from __future__ import annotations

from crm_notify.rules.bounce.phrases.topics import Topic

REASONS: dict[Topic, str] = {
    Topic.SENDER_UNPROVEN: """
        dmarc | spf check | spf fail | spf record | spf validation | spf hard fail | (spf)
        sender policy framework | spf:fail | dkim | unauthenticated email
        unauthenticated mail | is unauthenticated | openspf.org | sender id*fail
        failed authentication | authentication checks | not authenticated
        not authorized to send | not allowed to send mail for | is not allowed to send
        not permitted to send from | not designate""",
    Topic.SENDER_REFUSED: """
        sender address rejected | sender rejected | sender denied | sender verify failed
        sender verification | verify sender | verify the sender | invalid sender | bad sender
        sender domain | domain of sender | sender's domain | sender not allowed
        sender unknown | unknown sender | unresolvable sender | from address*not valid
        return path*not valid | mail from*not accepted | mail from*rejected | sendas denied
        not allowed to send as | badsenderhost | from user limit | suspended from sending
        sending has been*suspended | bad return path | invalid return path
        sender is not allowed | sender address*not exist | sender*does not exist
        sender address*verif | blocked sender | sender is blocked | sender*is on a block
        mismatches client ip""",
    Topic.HOST_UNNAMED: """
        reverse dns | ptr record | missing a ptr | reverse hostname | reverse lookup
        no reverse | cannot find your hostname | cannot find your reverse | fix reverse
        helo command rejected | invalid helo | bad helo | helo*does not resolve
        does not resolve to | rdns | fcrdns | ehlo*invalid | does not have a valid ptr""",
    Topic.TOO_LARGE: """
        message too large | message too big | message is too large | message is too big
        message file too big | message*too large | mail*too large | size exceed | size limit
        exceeds size | exceed*maximum*size | exceed*maximum*length | exceeds the maximum
        length exceeds | larger than the | maximum message size | exceed*message size
        message exceeds | message size too | too much mail data | sizelmt | sizelimit
        fixed limit | larger than current""",
    Topic.FULL: """
        mailbox full | mailbox*is full | mailbox was full | full mailbox | mailbox has exceeded
        mailbox exceed | mailbox size limit | inbox*full | inbox*out of storage
        account is full | account full | user is full | user full | mail box full
        mail box is full | folder is full | mailfolder is full | over quota | overquota
        over*quota | out of quota | quota exceed | quota*exceeded | quota is full
        quota reached | quota violation | quota full | quota limit | exceed*quota
        exceed*storage | disk quota | diskquota | disk full | disk space | enough storage
        insufficient*storage | insufficient*quota | insufficient disk | enough space
        enough disk | no space left | storage limit | storage full | exceeded*local limit
        too many messages*mailbox | too many messages on | too much mail | mailbox*too large
        is using over | has too much | out of space | number of messages in | maildir*full
        mail quota | mailquota | mailbox quota | space limitation | mailbox size
        reached*quota | allotted storage | allocated space | mailbox*full | exhausted*storage
        user has exceeded""",
    Topic.GIVEN_UP: """
        retry timeout exceeded | retry time not reached | been failing for a long time
        in the queue too long | in queue too long | been in queue for | delivery time expired
        message expired | message timed out | delivery timed out | delivery expired
        queue expired | queue*expired | could not be delivered for | could not be sent for
        not able to deliver*within | unable to deliver*for*days | undeliverable for
        not send message for | not be sent for | time to live | retries exceeded | retry period
        maximum retr | max retr | too many failed attempts | time limit
        delivery attempts*exceeded | delivery attempts*failed | expired, | retry limit""",
    Topic.LOOP: """
        too many hops | hop count | mail loop | mail forwarding loop | loops back to
        routing loop | loop detected | is looping | message*looping | too many received
        possible loop | best mx host | loop count | forwarding loop | loop in | list loop""",
    Topic.VIRUS: """
        virus | malware | infected | phishing | dangerous attachment | attachment*not allowed
        attachment*blocked | attachment*rejected | banned file | executable
        potential security issue | illegal attachment | forbidden attachment""",
    Topic.BLOCKED: """
        spamhaus | spamcop | sorbs | abuseat | barracudacentral | dnsbl | .rbl | rbl | njabl
        blacklist | black list | blocklist | block list | denylist | blackhole | blocked using
        is blocked | been blocked | was blocked | ip blocked | blocked by | host*blocked
        client host rejected | reputation | senderbase | bad ip | banned sending | ip*banned
        is banned | your ip | your mail server | your mta | connection refused by policy
        no access from | dynamic ip | dynamic/residential | access from ip | address*listed
        your network | weren't sent | mail from*refused | domain*banned | ip address*rejected
        greylist | graylist | postgrey | too many spam | [ts03] | [ts01] | (cs01)
        connections not accepted | you are not allowed to connect | go away | access denied*ip
        not accept*from your | rejected by*list | refused*list | sc-00 | not welcome
        your isp | ip name lookup | firewall | due to abuse | permanently deferred""",
    Topic.RATE: """
        rate limit | ratelimit | too many connections | too many concurrent
        too many messages | too many sessions | too many emails
        too many mails | too fast | throttl | exceeded*rate | exceeded*connections
        exceed*per hour | exceed*daily | daily*limit | sending limit | unusual
        unexpected volume | traffic*not accepted | message limit | user complaints | frequency
        limit exceeded | concurrency | too many*recipients""",
    Topic.RELAY: """
        relaying denied | relay denied | relay access denied | relay not permitted | relaying
        not permitted to relay | unable to relay | cannot relay | to relay | relay*prohibited
        not a relay | open relay | rcpthosts | authentication required
        authentication is required | authenticate | be authenticated | smtp auth
        authorization required | mail relay | we do not relay | relay is not""",
    Topic.POLICY: """
        permission to post | not have permission | don't have permission | not authorized
        not authorised | unauthorized | not permitted | closed mailing list | only*members
        members only | subscribers only | not a member | not subscribed | restricted to
        restriction | restricted | policy | violat | administrative prohibition
        administratively | prohibited by | moderator | moderated | approved senders
        authorized sender | resolver.rst | consent | ask sender | recipient preferences
        not accepting mail from | not accept mail from | rejected for | transport.rules
        recipient has refused | rejected by user | user*rejected | refuses to
        groups.google.com/support | prohibited | permission denied | not allowed""",
    Topic.CONTENT: """
        spam | junk | unsolicited | content rejected | content refused | content filter
        message content | contents*reject | content*not accept | content*reject
        rejected*content | body type | bulk mail | bulk email | classified as | looks like
        suspicious | headers too large | header error | header*not rfc | bad header
        malformed header | malformed mime | malformed message | rfc 5322 | rfc 2822 | rfc 822
        rfc5322 | rfc2822 | bare lf | multiple addresses in from | missing from | media error
        not compliant | url*listed | 8-bit | 8bit | conversion | non-ascii | smtputf8
        accepting mail with attachments""",
    Topic.MOVED: """
        has moved | no longer on server | address changed | address has changed | hasmoved
        has changed*address | not local; please try | replaced by | new address | no forwarding
        has been changed | not forwarded | moved permanently""",
    Topic.DISABLED: """
        account*disabled | mailbox*disabled | recipient*disabled | disabled recipient
        user*disabled | address*disabled | is disabled | disabled or discontinued | disabled
        inactive | is locked | account*locked | mailbox*locked | deactivated
        account*suspend | mailbox*suspend | user*suspend | recipient*suspend | is suspended
        currently suspended | been suspended | [suspend] | account unavailable
        account is unavailable | mailbox currently unavailable | not activated
        mailbox is currently unavailable | not currently being accepted
        account*expired | mailbox*expired | user*expired | not active | is frozen
        account is restricted | unused for | not accepting messages | not accepting mail
        not accept messages | not accepting any | temporarily*blocked""",
    Topic.NO_DOMAIN: """
        host unknown | unknown host | host not found | unknown domain | domain*unknown
        no such domain | no such host | domain*not found | domain*does not exist
        domain*doesn't exist | non-existent domain | nonexistent domain | non-existent host
        invalid domain | bad domain | host or domain name not found | couldn't find any host
        find*mail exchanger | find*mail server for | domain*be found | cannot find*domain
        unrouteable | unroutable | routable | point to non-existent | no mx record
        no valid mx | no mail exchanger | domain*not reachable | nxdomain
        bad destination host | bad destination system | illegal host/domain
        no matches to nameserver query | domain*not exist | domain must resolve
        host name*unknown | resolve domain | domain isn't | domain is not valid
        no route found | no a, mx""",
    Topic.NO_MAIL: """
        null mx | nullmx | doesn't receive email | not accept mail at | domain*not accept
        indicated no smtp service | not receive mail | doesn't accept mail | domain*no mail
        accepts no mail | does not accept mail | does not accept email""",
    Topic.NO_USER: """
        user*unknown | unknown user | unknown recipient | recipient*unknown | unknown address
        address*unknown | unknown local | unknown account | unknown mailbox | unknown email
        unknown or illegal | unknown or invalid | addressee unknown | account*unknown
        mailbox*unknown | no such | no mailbox | no mail box | no valid recipient | no recipient
        no user
        no account | not exist | nonexist | non-exist | non exist | doesn't exist
        have an account | doesn't*have*account | does not have*account | not found
        recipnotfound | couldn't be found | could not be found | can't be found | not known
        isn't known | not a known | not a valid | not a registered | isn't a valid
        no longer valid | no longer in use | no longer available | no longer exist
        no longer active | no longer with | no longer employ | no longer work | no longer here
        no longer has | is no longer | no longer a | not listed in | not our customer
        not in our | isn't in | invalid recipient | invalid user | invalid mailbox
        invalid final | invalid account | invalid email | invalid e-mail | illegal user
        illegal recipient | bad address | bad recipient | bad destination mailbox | bad mailbox
        bad user | possibly incorrect | misspelled | wrong email | is wrong | incorrect address
        incorrect email | mailbox not available | account not available | mailbox unavailable
        account*deleted | account*closed | account*cancelled | account*terminated
        mailbox*deleted | address*deleted | user*deleted | unknown userid | left the company
        left the organi | user has left | has no mailbox | mailbox does not | e-mail users
        unrecognized recipient | recipient*not recognized | recipient unrecog
        undeliverable address | not match an | not*valid mailbox | no one by that name
        unavailable or does | userunknown | user doesn't | not*have a yahoo | not a mailbox
        does not have a*mailbox | aliased to nothing | unknown virtual user | invalid-recipient
        no one with that | handle mail for that user | user invalid | address*not recognized
        bad destination email | incorrectly addressed | recipient cannot be verified
        recipient could not be verified | unable to find alias | user path no exist
        email address lookup""",
    Topic.SERVER: """
        x-unix; | connection timed out | connection refused | connection reset
        connection*dropped | connection lost | lost connection | connection closed
        connection failed | connect to | unable to connect | requests to connect
        couldn't connect | could not connect | an smtp connection | no route to host
        unreachable | timed out | timeout | not responding | did not respond | no response
        no answer | name service error | lookup failure | name server | dns error | dns failure
        temporary | temporarily | try again | server busy | service unavailable
        service not available | server error | internal error | system error | resource
        starttls | certificate | tls | write error | error writing | queue file | i/o error
        unable to open | can't create | can't open | cannot open | command died | child process
        command time limit | mailer error | configuration | system config | local error
        protocol error | syntax error | command*unrecognized | command*not recognized
        not implemented | bad sequence | bad command | out of memory | enough memory
        server is down | system not accepting | unable to transfer | deferred | pipe to
        broken pipe | delivery agent | software error | unavailable | service denied | overload
        cannot exec | exit status | operating system error | mailer returned | maintenance""",
    Topic.REFUSED_MESSAGE: """
        message filtered | message rejected | rejected message | blocked message
        message refused | message blocked | mail rejected | unacceptable | transaction failed
        message*not accepted | message*rejected""",
    Topic.REFUSED_ADDRESS: """
        local user only | recipient address rejected | recipient rejected | rejected recipient
        address rejected | rejected address | address is rejected | recipient*rejected
        rejected*recipient | invalid*address | ambiguous | recipient refused | rejected rcpt
        address*not*valid | sorry, your envelope recipient | error: no | address*invalid
        recipient denied | user*reject | recipient*invalid""",
}
